# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=folder -DMODULES=folder -DPAGE=folder -DGIVEN=folder -P page.cmake
#
# Gathers what the page of /docs is made of in PAGE: the files themselves, each with its gzip form beside it, and
# page_files.inc with a line a file. Swagger UI comes from npm, in the version of SOURCE/package-lock.json, once for each
# version of that file, into MODULES; or from GIVEN, a folder that is swagger-ui-dist already.
cmake_minimum_required(VERSION 3.25)

set(needed "The page of the plugin 'openapi' is made of swagger-ui-dist, which npm brings")
set(remedy "With npm and its registry out of reach, unpack swagger-ui-dist in the version of plugins/openapi/package.json\
 anywhere and configure with -DMORTISE_SWAGGER_UI=<that folder>")

if(GIVEN)
    set(swagger "${GIVEN}")
else()
    set(swagger "${MODULES}/node_modules/swagger-ui-dist")
    file(SHA256 "${SOURCE}/package-lock.json" lock)
    set(stamp "")
    if(EXISTS "${MODULES}/installed")
        file(READ "${MODULES}/installed" stamp)
    endif()
    if(NOT stamp STREQUAL lock)
        find_program(npm npm)
        if(NOT npm)
            message(FATAL_ERROR "npm is not installed. ${needed}: apt-get install nodejs npm. ${remedy}.")
        endif()
        file(COPY "${SOURCE}/package.json" "${SOURCE}/package-lock.json" DESTINATION "${MODULES}")
        execute_process(COMMAND "${npm}" ci --ignore-scripts --no-audit --no-fund --loglevel=error
            WORKING_DIRECTORY "${MODULES}" RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE said)
        if(NOT status EQUAL 0)
            message(FATAL_ERROR "npm ci failed in ${MODULES}:\n${said}\n${needed}. ${remedy}.")
        endif()
        file(WRITE "${MODULES}/installed" "${lock}")
    endif()
endif()

# Our own file, or one of Swagger UI; its media type.
set(files
    "page.js:${SOURCE}/page/page.js:text/javascript\; charset=utf-8"
    "page.css:${SOURCE}/page/page.css:text/css\; charset=utf-8"
    "swagger-ui-bundle.js:${swagger}/swagger-ui-bundle.js:text/javascript\; charset=utf-8"
    "swagger-ui.css:${swagger}/swagger-ui.css:text/css\; charset=utf-8"
    "favicon-32x32.png:${swagger}/favicon-32x32.png:image/png"
    "LICENSE.txt:${swagger}/LICENSE:text/plain\; charset=utf-8"
    "NOTICE.txt:${swagger}/NOTICE:text/plain\; charset=utf-8"
    "swagger-ui-bundle.js.LICENSE.txt:${swagger}/swagger-ui-bundle.js.LICENSE.txt:text/plain\; charset=utf-8")

file(MAKE_DIRECTORY "${PAGE}")
set(lines "")
foreach(entry IN LISTS files)
    string(REGEX MATCH "^([^:]*):(.*):([^:]*)$" matched "${entry}")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
    set(type "${CMAKE_MATCH_3}")
    if(NOT EXISTS "${path}")
        message(FATAL_ERROR "${path} is not there. ${needed}.")
    endif()
    if(name MATCHES "\\.css$")
        # A reference to a map that is not served is a request that fails wherever a browser's tools are open.
        file(READ "${path}" text)
        string(REGEX REPLACE "/\\*# sourceMappingURL=[^*]*\\*/" "" text "${text}")
        file(WRITE "${PAGE}/${name}" "${text}")
    else()
        file(COPY_FILE "${path}" "${PAGE}/${name}")
    endif()
    execute_process(COMMAND gzip -9 -n -c "${PAGE}/${name}" OUTPUT_FILE "${PAGE}/${name}.gz" COMMAND_ERROR_IS_FATAL ANY)
    file(SHA256 "${PAGE}/${name}" hash)
    string(SUBSTRING "${hash}" 0 16 hash)
    string(MAKE_C_IDENTIFIER "mortise_page_${name}" symbol)
    string(APPEND lines "PAGE_FILE(${symbol}, \"${name}\", \"${type}\", \"${hash}\")\n")
endforeach()
file(WRITE "${PAGE}/page_files.inc" "${lines}")
