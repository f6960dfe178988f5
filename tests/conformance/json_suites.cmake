# SPDX-License-Identifier: Apache-2.0
# Exit code 77: the suite's files are not there.
if(MORTISE_SANITIZE STREQUAL "thread")
    return()
endif()
foreach(suite json_suite json_schema_suite)
    add_executable(conformance_${suite} "${CMAKE_CURRENT_LIST_DIR}/${suite}_test.cpp")
    target_link_libraries(conformance_${suite} PRIVATE mortise_json mortise_warnings)
    mortise_single_threaded(conformance_${suite})
    mortise_test_code(conformance_${suite})
    add_test(NAME conformance_${suite} COMMAND conformance_${suite} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(conformance_${suite} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
endforeach()
