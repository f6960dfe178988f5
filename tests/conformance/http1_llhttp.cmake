# SPDX-License-Identifier: Apache-2.0
# Exit code 77: the suite's files are not there.
if(MORTISE_SANITIZE STREQUAL "thread")
    return()
endif()
add_executable(conformance_http1_llhttp "${CMAKE_CURRENT_LIST_DIR}/http1_llhttp_test.cpp")
target_link_libraries(conformance_http1_llhttp PRIVATE mortise_http mortise_warnings)
mortise_single_threaded(conformance_http1_llhttp)
mortise_test_code(conformance_http1_llhttp)
add_test(NAME conformance_http1_llhttp COMMAND conformance_http1_llhttp WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
set_tests_properties(conformance_http1_llhttp PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
