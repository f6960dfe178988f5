# SPDX-License-Identifier: Apache-2.0
# What compilers and linkers offer against the exploiting of faults, as far as it is free where a request passes: for everything
# in this tree, and by mortise_add_plugin for plugins of your own. Counted by tests/bench/instructions.sh (hello, filters):
# -fcf-protection=full takes 2.1 % and 2.2 % more instructions, for marks that no kernel looks at in programs, so only returns
# are protected (shadow stacks); stack protector, probed stack growth and full RELRO are below what can be measured; -fno-plt, which
# full RELRO makes possible, saves 0.4 %.
#
# MORTISE_HARDENING (default ON) switches it; with sanitizers only the linking is. Sets
#   mortise_hardening_compile_options  stack protector, probed stack growth, shadow stacks (x86)
#   mortise_hardening_definitions      checked variants of the C library's functions, where the build optimises
#   mortise_hardening_link_options     nothing stays writable that the loader has written; no executable stack
include_guard(GLOBAL)
include(CheckCompilerFlag)
include(CheckLinkerFlag)

option(MORTISE_HARDENING "Compile and link with what makes faults hard to exploit" ON)

set(mortise_hardening_compile_options "" CACHE INTERNAL "")
set(mortise_hardening_definitions "" CACHE INTERNAL "")
set(mortise_hardening_link_options "" CACHE INTERNAL "")

# mortise_hardening()
# As a function, so that its variables are its own.
function(mortise_hardening)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    set(language C)
    if(NOT C IN_LIST languages)
        set(language CXX)
    endif()
    set(wanted -fstack-protector-strong -fstack-clash-protection -fno-plt)
    set(wanted_of_linker -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64|i[3-6]86)$")
        list(APPEND wanted -fcf-protection=return)
        # The C library's own start files may lack the mark and with that take it from the whole file.
        list(APPEND wanted_of_linker -Wl,-z,shstk)
    endif()
    if(MORTISE_SANITIZE) # brings checks of its own; files are linked as ever
        set(wanted "")
        list(REMOVE_ITEM wanted_of_linker -Wl,-z,shstk)
    endif()
    set(compile_options "")
    set(link_options "")
    set(CMAKE_REQUIRED_FLAGS -Werror) # clang only warns of what it does not know
    foreach(option ${wanted})
        string(MAKE_C_IDENTIFIER "mortise_has${option}" known)
        check_compiler_flag(${language} ${option} ${known})
        if(${known})
            list(APPEND compile_options ${option})
        endif()
    endforeach()
    foreach(option ${wanted_of_linker})
        string(MAKE_C_IDENTIFIER "mortise_has${option}" known)
        check_linker_flag(${language} ${option} ${known})
        if(${known})
            list(APPEND link_options ${option})
        endif()
    endforeach()
    set(mortise_hardening_compile_options "${compile_options}" CACHE INTERNAL "")
    set(mortise_hardening_link_options "${link_options}" CACHE INTERNAL "")
    # A distribution's own level stays. Without optimisation glibc warns and checks nothing.
    if(NOT MORTISE_SANITIZE AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "_FORTIFY_SOURCE")
        set(mortise_hardening_definitions "$<$<NOT:$<CONFIG:Debug,>>:_FORTIFY_SOURCE=2>" CACHE INTERNAL "")
    endif()
endfunction()

if(MORTISE_HARDENING)
    mortise_hardening()
endif()
