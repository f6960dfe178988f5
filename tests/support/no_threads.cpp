// SPDX-License-Identifier: Apache-2.0
// Linked to tests that are declared SINGLE_THREADED: holds them to it, since ThreadSanitizer does not run them.
#include <pthread.h>

#include <cstdio>
#include <cstdlib>

extern "C" __attribute__((visibility("default"))) int pthread_create(pthread_t*, const pthread_attr_t*,
                                                                     void* (*)(void*), void*) noexcept {
    std::fputs("this test starts a thread: take SINGLE_THREADED from its declaration, ThreadSanitizer is to run it\n",
               stderr);
    std::abort();
}
