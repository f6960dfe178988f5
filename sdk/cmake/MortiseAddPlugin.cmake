# SPDX-License-Identifier: Apache-2.0
# mortise_add_plugin(NAME SOURCES files... [LOGIC files...] [LINK targets...] [POCO] [SINGLE_THREADED])
#
# Builds NAME.so, a plugin: one exported symbol, hidden visibility, no undefined symbols. The configuration knows it by the
# file's stem. The same function serves this tree and, through find_package(Mortise), a plugin of your own.
#   SOURCES  the adapter: the file with MORTISE_PLUGIN and what knows the SDK (.cpp or .c)
#   LOGIC    files that know no SDK; compiled once, as the target logic_NAME, for the plugin and for its tests
#   LINK     further targets; link them statically, a plugin is one file
#   POCO     links shared C++ libraries (Poco), so libstdc++ is shared too; without it the C++ runtime is linked
#            statically and privately. Mixing both in one file aborts on the first exception that crosses.
#   SINGLE_THREADED  its tests start no thread: this tree does not build them under ThreadSanitizer
# tests/*.cpp beside it becomes the CppUnit test unit_plugin_NAME where mortise_unit_test exists (the tests see SOURCES'
# folder as their include directory and link LOGIC and LINK); tests/bench_*.cpp are programs of their own.
# Installs to <libdir>/mortise/plugins. Target and test properties stay yours to change afterwards.

include_guard(GLOBAL)
include(GNUInstallDirs)
include("${CMAKE_CURRENT_LIST_DIR}/MortiseHardening.cmake")

set(MORTISE_PLUGIN_OUTPUT "${CMAKE_BINARY_DIR}/lib/mortise/plugins" CACHE PATH "Where plugins are built")
set(MORTISE_PLUGIN_INSTALL "${CMAKE_INSTALL_LIBDIR}/mortise/plugins" CACHE STRING "Where plugins are installed")

set(mortise_plugin_exports "${CMAKE_CURRENT_LIST_DIR}/mortise_plugin.map" CACHE INTERNAL "")

# mortise_plugin_compilation(TARGET)
# What makes objects fit for a plugin file.
function(mortise_plugin_compilation target)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON
        C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique> ${mortise_hardening_compile_options})
    target_compile_definitions(${target} PRIVATE ${mortise_hardening_definitions})
endfunction()

# mortise_plugin_linkage(TARGET [POCO] [STATIC_TLS] [EXPORTS version-script])
# What makes a MODULE target a plugin file. mortise_add_plugin calls it; the last two are for faulty plugins of tests.
function(mortise_plugin_linkage target)
    cmake_parse_arguments(arg "POCO;STATIC_TLS" "EXPORTS" "" ${ARGN})
    if(NOT arg_EXPORTS)
        set(arg_EXPORTS "${mortise_plugin_exports}")
    endif()
    set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so")
    mortise_plugin_compilation(${target})
    if(NOT arg_STATIC_TLS)
        # Files that ask for static TLS run out of room after a few loads; the host refuses them.
        target_compile_options(${target} PRIVATE -ftls-model=global-dynamic)
    endif()
    target_link_options(${target} PRIVATE "-Wl,--version-script=${arg_EXPORTS}" ${mortise_hardening_link_options})
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${arg_EXPORTS}")
    if(NOT MORTISE_SANITIZE OR CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # clang leaves the sanitizers' own symbols undefined in shared files.
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
    if(NOT arg_POCO AND NOT MORTISE_SANITIZE)
        target_link_options(${target} PRIVATE $<$<LINK_LANGUAGE:CXX>:-static-libstdc++> -static-libgcc)
    endif()
endfunction()

function(mortise_add_plugin name)
    cmake_parse_arguments(arg "POCO;SINGLE_THREADED" "" "SOURCES;LOGIC;LINK" ${ARGN})
    if(NOT arg_SOURCES)
        message(FATAL_ERROR "mortise_add_plugin(${name}): SOURCES is missing")
    endif()
    if(NOT name MATCHES "^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
        message(FATAL_ERROR "mortise_add_plugin(${name}): a name is lower case with hyphens")
    endif()
    string(REPLACE "-" "_" suffix "${name}")
    set(target "plugin_${suffix}")
    if(TARGET mortise_sdk)
        set(sdk mortise_sdk)
        set(warnings mortise_warnings)
    else()
        set(sdk Mortise::sdk)
        set(warnings "")
    endif()

    add_library(${target} MODULE ${arg_SOURCES})
    set(linkage "")
    if(arg_POCO)
        set(linkage POCO)
    endif()
    mortise_plugin_linkage(${target} ${linkage})
    if(COMMAND mortise_precompile_plugin AND NOT arg_POCO)
        mortise_precompile_plugin(${target})
    endif()
    set(logic "")
    if(arg_LOGIC)
        set(logic logic_${suffix})
        add_library(${logic} OBJECT ${arg_LOGIC})
        mortise_plugin_compilation(${logic})
        target_link_libraries(${logic} PRIVATE ${sdk} ${arg_LINK} ${warnings})
        target_link_libraries(${target} PRIVATE ${logic})
        if(COMMAND mortise_precompile)
            mortise_precompile(${logic})
            mortise_group(${logic} floors)
        endif()
    endif()
    set_target_properties(${target} PROPERTIES OUTPUT_NAME "${name}" LIBRARY_OUTPUT_DIRECTORY "${MORTISE_PLUGIN_OUTPUT}")
    target_link_libraries(${target} PRIVATE ${sdk} ${arg_LINK} ${warnings})
    install(TARGETS ${target} LIBRARY DESTINATION "${MORTISE_PLUGIN_INSTALL}" COMPONENT Plugins)

    file(GLOB tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tests/*.cpp")
    list(FILTER tests EXCLUDE REGEX "/bench_[^/]*$")
    if(tests AND COMMAND mortise_unit_test AND MORTISE_BUILD_TESTS)
        set(threads "")
        if(arg_SINGLE_THREADED)
            set(threads SINGLE_THREADED)
        endif()
        mortise_unit_test(unit_plugin_${suffix} ${threads} SOURCES ${tests} LINK ${logic} ${sdk} ${arg_LINK})
        if(TARGET unit_plugin_${suffix})
            target_include_directories(unit_plugin_${suffix} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
        endif()
    endif()
endfunction()
