# SPDX-License-Identifier: Apache-2.0
# What the page of /graphiql is made of; included by the plugin's CMakeLists.txt once the plugin is declared.
include(MortisePage)
set(MORTISE_GRAPHIQL "" CACHE PATH "A node_modules folder with graphiql, react and react-dom; empty: npm brings them")
mortise_page(graphql AT /graphiql NEEDS graphiql GIVEN MORTISE_GRAPHIQL FILES
    page.js=page/page.js
    page.css=page/page.css
    icon.svg=page/icon.svg
    graphiql.js=npm:graphiql/graphiql.min.js
    graphiql.css=npm:graphiql/graphiql.min.css
    react.js=npm:react/umd/react.production.min.js
    react-dom.js=npm:react-dom/umd/react-dom.production.min.js
    LICENSES.txt=npm:LICENSES)
# What the licences ask for where the bundle is passed on.
install(FILES "${MORTISE_PAGE_FOLDER}/LICENSES.txt" DESTINATION "${CMAKE_INSTALL_DOCDIR}/graphiql" COMPONENT Plugins)
