# SPDX-License-Identifier: Apache-2.0
# Exit code 77: the inputs are not there. The first round of the test takes seconds where nothing else runs.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
add_test(NAME conformance_http1_seeds COMMAND Python3::Interpreter -B "${CMAKE_CURRENT_LIST_DIR}/http1_seeds_test.py")
set(timeout 300)
if(MORTISE_SANITIZE)
    set(timeout 1200)
endif()
set_tests_properties(conformance_http1_seeds PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${timeout} ENVIRONMENT
    "MORTISE_BUILD_DIR=${CMAKE_BINARY_DIR};PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/support;PYTHONUNBUFFERED=1")
