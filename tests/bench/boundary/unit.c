/* SPDX-License-Identifier: Apache-2.0 */
/* What an indirect call into another shared object costs: the unit of bench_boundary.cpp. */
#include <stdint.h>

__attribute__((visibility("default"))) int64_t mortise_bench_unit(void *context, int64_t number) {
    return context == 0 ? number : -number;
}
