# SPDX-License-Identifier: Apache-2.0
# mortise_page(PLUGIN AT path NEEDS text GIVEN variable FILES name=path...)
#
# Puts the files of a page into the plugin's file: `pageAssets()` of cmake/page/page_assets.hpp gives them. A path is one of the
# plugin's folder, or `npm:PACKAGE/FILE` of a package that package.json beside it pins; `npm:LICENSES` is the texts of the
# licences of all packages that npm installs. GIVEN names a cache variable: a folder that has the packages already, or that is the
# only one itself. MORTISE_PAGE_FOLDER of the caller becomes the folder in which the files lie when the plugin is built.
include_guard(GLOBAL)

function(mortise_page plugin)
    cmake_parse_arguments(arg "" "AT;NEEDS;GIVEN" "FILES" ${ARGN})
    set(page "${CMAKE_CURRENT_BINARY_DIR}/page")
    set(folder "${PROJECT_SOURCE_DIR}/cmake/page")
    set(own ${arg_FILES})
    list(FILTER own EXCLUDE REGEX "=npm:")
    list(TRANSFORM own REPLACE "^[^=]*=" "${CMAKE_CURRENT_SOURCE_DIR}/")
    list(JOIN arg_FILES "|" files)
    add_custom_command(OUTPUT "${page}/page_files.inc"
        COMMAND "${CMAKE_COMMAND}" "-DAT=${arg_AT}" "-DNEEDS=${arg_NEEDS}" "-DVARIABLE=${arg_GIVEN}"
            "-DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}" "-DMODULES=${CMAKE_CURRENT_BINARY_DIR}/npm" "-DPAGE=${page}"
            "-DGIVEN=${${arg_GIVEN}}" "-DFILES=${files}" -P "${folder}/gather.cmake"
        DEPENDS "${folder}/gather.cmake" package.json package-lock.json ${own}
        COMMENT "Gathering the page of ${arg_AT}" VERBATIM)
    string(REPLACE "-" "_" suffix "${plugin}")
    set(target "plugin_${suffix}")
    # A target of its own: as a source of the plugin's it would be made after the libraries that the plugin links.
    add_custom_target(page_${suffix} DEPENDS "${page}/page_files.inc")
    add_dependencies(${target} page_${suffix})
    target_sources(${target} PRIVATE "${folder}/page_assets.cpp")
    set_source_files_properties("${folder}/page_assets.cpp" PROPERTIES OBJECT_DEPENDS "${page}/page_files.inc") # of this folder
    target_include_directories(${target} PRIVATE "${page}" "${folder}")
    target_compile_definitions(${target} PRIVATE PAGE_FOLDER="${page}/")
    set(MORTISE_PAGE_FOLDER "${page}" PARENT_SCOPE)
endfunction()
