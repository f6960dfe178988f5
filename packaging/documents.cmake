# SPDX-License-Identifier: Apache-2.0
# The documents of the installed tree, in the folders that they have here, so that links among them work: what people who run
# a server or write plugins read, the plugin to copy, the examples. tests/integration/install_test.py follows every link.

# Told in words where they are linked: they lead into the sources.
set(mortise_source_documents server/README.md server/host/README.md server/http/README.md tests/README.md)

file(GLOB mortise_documents CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
    "${PROJECT_SOURCE_DIR}/*.md" "${PROJECT_SOURCE_DIR}/sdk/*.md" "${PROJECT_SOURCE_DIR}/plugins/*/README.md")
foreach(document ${mortise_documents})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${document}")
    file(READ "${PROJECT_SOURCE_DIR}/${document}" text)
    foreach(target ${mortise_source_documents})
        string(REPLACE "." "[.]" pattern "${target}")
        string(REPLACE "[${target}](${target})" "`${target}` of the sources" text "${text}")
        string(REGEX REPLACE "\\[([^]\n]*)\\]\\(${pattern}\\)" "\\1 (`${target}` of the sources)" text "${text}")
    endforeach()
    file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/documents/${document}" CONTENT "@text@" @ONLY)
    get_filename_component(folder "${document}" DIRECTORY)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/documents/${document}" DESTINATION "${CMAKE_INSTALL_DOCDIR}/${folder}")
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES systemd/mortise.service.in DESTINATION "${CMAKE_INSTALL_DOCDIR}/packaging/systemd")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/examples" DESTINATION "${CMAKE_INSTALL_DOCDIR}/sdk" COMPONENT Sdk)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/plugins/hello" DESTINATION "${CMAKE_INSTALL_DOCDIR}/plugins" COMPONENT Sdk PATTERN README.md EXCLUDE)
