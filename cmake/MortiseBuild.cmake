# SPDX-License-Identifier: Apache-2.0
# Compiler settings of everything in this tree, and the function that declares a floor of the server.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(MORTISE_CCACHE ccache)
if(MORTISE_CCACHE)
    # What ccache asks for where headers are compiled beforehand.
    set(launcher "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        "${MORTISE_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# GCC 12 forgets that precompiled headers are the system's and then warns of bounds inside std::string; clang's build still checks.
set(mortise_precompiled_options "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")

set(MORTISE_GROUP_SOURCES "" CACHE STRING "What is compiled in groups of files: empty, tests, or all (tests and floors)")

# Clang's plain build compiles no headers beforehand: it shows that files include what they use.
set(mortise_precompiles OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR MORTISE_GROUP_SOURCES STREQUAL "all")
    set(mortise_precompiles ON)
endif()

# mortise_precompile(TARGET)
# Reads the standard library once for a target of several files, a third of the time of a build.
function(mortise_precompile target)
    get_target_property(sources ${target} SOURCES)
    list(LENGTH sources count)
    if(mortise_precompiles AND count GREATER 3)
        target_precompile_headers(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${PROJECT_SOURCE_DIR}/cmake/standard_library.hpp>")
        target_compile_options(${target} PRIVATE ${mortise_precompiled_options})
    endif()
endfunction()

# mortise_group(TARGET KIND)
# Compiles the target's files by groups where MORTISE_GROUP_SOURCES names KIND (tests or floors): headers and templates are
# worked through once a group, which is most of the time under sanitizers. Files whose private names clash stay apart.
function(mortise_group target kind)
    if(NOT MORTISE_GROUP_SOURCES STREQUAL "all" AND NOT MORTISE_GROUP_SOURCES STREQUAL kind)
        return()
    endif()
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    list(TRANSFORM sources REPLACE "^([^/].*)$" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")
    list(LENGTH sources count)
    if(count GREATER 3)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
        # A class of a group's second file seems to stand in a header.
        target_compile_options(${target} PRIVATE "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>")
        list(TRANSFORM sources PREPEND "${target} ")
        set_property(GLOBAL APPEND PROPERTY mortise_grouped ${sources})
    endif()
endfunction()

# Called when all targets are known: Python starts once.
function(mortise_group_sources)
    get_property(grouped GLOBAL PROPERTY mortise_grouped)
    if(NOT grouped)
        return()
    endif()
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    set(script "${PROJECT_SOURCE_DIR}/cmake/group_sources.py")
    list(JOIN grouped "\n" lines)
    file(WRITE "${CMAKE_BINARY_DIR}/grouped_sources.txt" "${lines}\n")
    execute_process(COMMAND "${Python3_EXECUTABLE}" "${script}" 2000
        INPUT_FILE "${CMAKE_BINARY_DIR}/grouped_sources.txt" OUTPUT_FILE "${CMAKE_BINARY_DIR}/source_groups.cmake"
        COMMAND_ERROR_IS_FATAL ANY)
    include("${CMAKE_BINARY_DIR}/source_groups.cmake")
    # A new name in a file may need another group.
    list(TRANSFORM grouped REPLACE "^[^ ]* " "")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${script}" ${grouped})
endfunction()
cmake_language(DEFER DIRECTORY "${PROJECT_SOURCE_DIR}" CALL mortise_group_sources)

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Poco 1.11 REQUIRED COMPONENTS Foundation Util XML Net Crypto Data DataSQLite)
find_package(OpenSSL REQUIRED)

add_library(mortise_warnings INTERFACE)
target_compile_options(mortise_warnings INTERFACE -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    -Wno-missing-field-initializers
    # GCC 12 sees overlaps in std::string's operator+ at -O3 that are not there (GCC bug 105651).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    # ... and empty std::optional values read where they are not (GCC bug 80635).
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

if(MORTISE_SANITIZE)
    add_compile_options(-fsanitize=${MORTISE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${MORTISE_SANITIZE})
    add_compile_definitions(MORTISE_SANITIZED=1)
    if(MORTISE_SANITIZE MATCHES "address")
        # GCC's object-size and vptr checks need RTTI across the plugin boundary; the boundary is C.
        add_compile_options(-fno-sanitize=vptr)
    endif()
    if(MORTISE_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # Types of the two sides are not compared: of the interface's functions a plugin sees only its own copy.
        add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize=function>)
    endif()
endif()

# What is asked for then is objects, of which none is written (.ci/run).
option(MORTISE_SYNTAX_ONLY "Check sources and make nothing of them" OFF)
if(MORTISE_SYNTAX_ONLY)
    add_compile_options(-fsyntax-only)
endif()

include(MortiseHardening)
add_compile_options(${mortise_hardening_compile_options})
add_compile_definitions(${mortise_hardening_definitions})
add_link_options(${mortise_hardening_link_options})
# Programs are linked such that they run at any address, as their objects are compiled.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C CXX)

# mortise_plugin_headers(TARGET)
# Headers compiled beforehand for the many plugins that are one file and link nothing that defines macros.
function(mortise_plugin_headers target)
    add_library(${target} OBJECT "${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp")
    mortise_plugin_compilation(${target})
    target_link_libraries(${target} PRIVATE mortise_sdk mortise_warnings)
    target_compile_options(${target} PRIVATE ${mortise_precompiled_options})
    target_precompile_headers(${target} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/standard_library.hpp"
        "${PROJECT_SOURCE_DIR}/sdk/include/mortise/plugin.hpp")
endfunction()

# mortise_precompile_plugin(TARGET [HEADERS])
# Has a plugin share them; HEADERS is another target than that of the plugins, compiled by the same options as TARGET.
function(mortise_precompile_plugin target)
    if(NOT mortise_precompiles)
        return()
    endif()
    set(headers mortise_plugin_headers)
    if(ARGC GREATER 1)
        set(headers ${ARGV1})
    elseif(NOT TARGET mortise_plugin_headers)
        mortise_plugin_headers(mortise_plugin_headers)
    endif()
    target_precompile_headers(${target} REUSE_FROM ${headers})
    target_compile_options(${target} PRIVATE ${mortise_precompiled_options})
endfunction()

# mortise_floor(NAME LINK targets...)
# One floor of the server: every .cpp of the folder it is called in and of its sub-folders, as the target mortise_NAME. A floor
# links (and so may include) only what is below it; tests/floors.py checks the includes themselves.
function(mortise_floor name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*/*.cpp")
    add_library(mortise_${name} STATIC ${sources})
    target_include_directories(mortise_${name} PUBLIC "${PROJECT_SOURCE_DIR}/server")
    target_link_libraries(mortise_${name} PUBLIC ${arg_LINK} PRIVATE mortise_warnings)
    mortise_precompile(mortise_${name})
    mortise_group(mortise_${name} floors)
endfunction()

# mortise_single_threaded(TARGET)
# ThreadSanitizer has nothing to say of this program, which never starts a thread; where it might, it ends with a message.
function(mortise_single_threaded target)
    if(NOT MORTISE_SANITIZE)
        target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support/no_threads.cpp")
    endif()
endfunction()

option(MORTISE_PLAIN_TESTS "Compile tests and fixtures without optimisation; what they test is optimised as before" OFF)

# Optimising took a third of the time in which tests were compiled.
function(mortise_test_code target)
    if(MORTISE_PLAIN_TESTS)
        target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
    endif()
endfunction()

# mortise_measurement(TARGET)
# Nothing is measured under sanitizers: the program is built by name only.
function(mortise_measurement target)
    if(MORTISE_SANITIZE)
        set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
endfunction()

# mortise_unit_test(NAME [SINGLE_THREADED] SOURCES files... LINK targets...)
# A CppUnit executable, registered with CTest under the same name. SINGLE_THREADED: it starts no thread; there is no such
# target under ThreadSanitizer.
function(mortise_unit_test name)
    cmake_parse_arguments(arg "SINGLE_THREADED" "" "SOURCES;LINK" ${ARGN})
    if(NOT MORTISE_BUILD_TESTS OR (arg_SINGLE_THREADED AND MORTISE_SANITIZE STREQUAL "thread"))
        return()
    endif()
    if(NOT TARGET mortise_cppunit_main)
        find_package(PkgConfig REQUIRED)
        pkg_check_modules(CPPUNIT REQUIRED IMPORTED_TARGET GLOBAL cppunit)
        add_library(mortise_cppunit_main OBJECT "${PROJECT_SOURCE_DIR}/tests/support/cppunit_main.cpp")
        target_link_libraries(mortise_cppunit_main PUBLIC PkgConfig::CPPUNIT)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE mortise_cppunit_main ${arg_LINK} mortise_warnings)
    if(arg_SINGLE_THREADED)
        mortise_single_threaded(${name})
    endif()
    mortise_test_code(${name})
    # Suites are registered by names made of line numbers otherwise, which meet in a group.
    target_compile_definitions(${name} PRIVATE CPPUNIT_UNIQUE_COUNTER=__COUNTER__)
    mortise_precompile(${name})
    mortise_group(${name} tests)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS unit COST 310)
endfunction()
