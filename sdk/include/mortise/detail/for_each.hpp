// SPDX-License-Identifier: Apache-2.0
#pragma once

// MORTISE_FOR_EACH(macro, a, b, …): macro(a), macro(b), … for 1 to 64 arguments. C++17 has no __VA_OPT__, so the list
// is spelled out.

// clang-format off
#define MORTISE_EACH_1(m, x) m(x)
#define MORTISE_EACH_2(m, x, ...) m(x), MORTISE_EACH_1(m, __VA_ARGS__)
#define MORTISE_EACH_3(m, x, ...) m(x), MORTISE_EACH_2(m, __VA_ARGS__)
#define MORTISE_EACH_4(m, x, ...) m(x), MORTISE_EACH_3(m, __VA_ARGS__)
#define MORTISE_EACH_5(m, x, ...) m(x), MORTISE_EACH_4(m, __VA_ARGS__)
#define MORTISE_EACH_6(m, x, ...) m(x), MORTISE_EACH_5(m, __VA_ARGS__)
#define MORTISE_EACH_7(m, x, ...) m(x), MORTISE_EACH_6(m, __VA_ARGS__)
#define MORTISE_EACH_8(m, x, ...) m(x), MORTISE_EACH_7(m, __VA_ARGS__)
#define MORTISE_EACH_9(m, x, ...) m(x), MORTISE_EACH_8(m, __VA_ARGS__)
#define MORTISE_EACH_10(m, x, ...) m(x), MORTISE_EACH_9(m, __VA_ARGS__)
#define MORTISE_EACH_11(m, x, ...) m(x), MORTISE_EACH_10(m, __VA_ARGS__)
#define MORTISE_EACH_12(m, x, ...) m(x), MORTISE_EACH_11(m, __VA_ARGS__)
#define MORTISE_EACH_13(m, x, ...) m(x), MORTISE_EACH_12(m, __VA_ARGS__)
#define MORTISE_EACH_14(m, x, ...) m(x), MORTISE_EACH_13(m, __VA_ARGS__)
#define MORTISE_EACH_15(m, x, ...) m(x), MORTISE_EACH_14(m, __VA_ARGS__)
#define MORTISE_EACH_16(m, x, ...) m(x), MORTISE_EACH_15(m, __VA_ARGS__)
#define MORTISE_EACH_17(m, x, ...) m(x), MORTISE_EACH_16(m, __VA_ARGS__)
#define MORTISE_EACH_18(m, x, ...) m(x), MORTISE_EACH_17(m, __VA_ARGS__)
#define MORTISE_EACH_19(m, x, ...) m(x), MORTISE_EACH_18(m, __VA_ARGS__)
#define MORTISE_EACH_20(m, x, ...) m(x), MORTISE_EACH_19(m, __VA_ARGS__)
#define MORTISE_EACH_21(m, x, ...) m(x), MORTISE_EACH_20(m, __VA_ARGS__)
#define MORTISE_EACH_22(m, x, ...) m(x), MORTISE_EACH_21(m, __VA_ARGS__)
#define MORTISE_EACH_23(m, x, ...) m(x), MORTISE_EACH_22(m, __VA_ARGS__)
#define MORTISE_EACH_24(m, x, ...) m(x), MORTISE_EACH_23(m, __VA_ARGS__)
#define MORTISE_EACH_25(m, x, ...) m(x), MORTISE_EACH_24(m, __VA_ARGS__)
#define MORTISE_EACH_26(m, x, ...) m(x), MORTISE_EACH_25(m, __VA_ARGS__)
#define MORTISE_EACH_27(m, x, ...) m(x), MORTISE_EACH_26(m, __VA_ARGS__)
#define MORTISE_EACH_28(m, x, ...) m(x), MORTISE_EACH_27(m, __VA_ARGS__)
#define MORTISE_EACH_29(m, x, ...) m(x), MORTISE_EACH_28(m, __VA_ARGS__)
#define MORTISE_EACH_30(m, x, ...) m(x), MORTISE_EACH_29(m, __VA_ARGS__)
#define MORTISE_EACH_31(m, x, ...) m(x), MORTISE_EACH_30(m, __VA_ARGS__)
#define MORTISE_EACH_32(m, x, ...) m(x), MORTISE_EACH_31(m, __VA_ARGS__)
#define MORTISE_EACH_33(m, x, ...) m(x), MORTISE_EACH_32(m, __VA_ARGS__)
#define MORTISE_EACH_34(m, x, ...) m(x), MORTISE_EACH_33(m, __VA_ARGS__)
#define MORTISE_EACH_35(m, x, ...) m(x), MORTISE_EACH_34(m, __VA_ARGS__)
#define MORTISE_EACH_36(m, x, ...) m(x), MORTISE_EACH_35(m, __VA_ARGS__)
#define MORTISE_EACH_37(m, x, ...) m(x), MORTISE_EACH_36(m, __VA_ARGS__)
#define MORTISE_EACH_38(m, x, ...) m(x), MORTISE_EACH_37(m, __VA_ARGS__)
#define MORTISE_EACH_39(m, x, ...) m(x), MORTISE_EACH_38(m, __VA_ARGS__)
#define MORTISE_EACH_40(m, x, ...) m(x), MORTISE_EACH_39(m, __VA_ARGS__)
#define MORTISE_EACH_41(m, x, ...) m(x), MORTISE_EACH_40(m, __VA_ARGS__)
#define MORTISE_EACH_42(m, x, ...) m(x), MORTISE_EACH_41(m, __VA_ARGS__)
#define MORTISE_EACH_43(m, x, ...) m(x), MORTISE_EACH_42(m, __VA_ARGS__)
#define MORTISE_EACH_44(m, x, ...) m(x), MORTISE_EACH_43(m, __VA_ARGS__)
#define MORTISE_EACH_45(m, x, ...) m(x), MORTISE_EACH_44(m, __VA_ARGS__)
#define MORTISE_EACH_46(m, x, ...) m(x), MORTISE_EACH_45(m, __VA_ARGS__)
#define MORTISE_EACH_47(m, x, ...) m(x), MORTISE_EACH_46(m, __VA_ARGS__)
#define MORTISE_EACH_48(m, x, ...) m(x), MORTISE_EACH_47(m, __VA_ARGS__)
#define MORTISE_EACH_49(m, x, ...) m(x), MORTISE_EACH_48(m, __VA_ARGS__)
#define MORTISE_EACH_50(m, x, ...) m(x), MORTISE_EACH_49(m, __VA_ARGS__)
#define MORTISE_EACH_51(m, x, ...) m(x), MORTISE_EACH_50(m, __VA_ARGS__)
#define MORTISE_EACH_52(m, x, ...) m(x), MORTISE_EACH_51(m, __VA_ARGS__)
#define MORTISE_EACH_53(m, x, ...) m(x), MORTISE_EACH_52(m, __VA_ARGS__)
#define MORTISE_EACH_54(m, x, ...) m(x), MORTISE_EACH_53(m, __VA_ARGS__)
#define MORTISE_EACH_55(m, x, ...) m(x), MORTISE_EACH_54(m, __VA_ARGS__)
#define MORTISE_EACH_56(m, x, ...) m(x), MORTISE_EACH_55(m, __VA_ARGS__)
#define MORTISE_EACH_57(m, x, ...) m(x), MORTISE_EACH_56(m, __VA_ARGS__)
#define MORTISE_EACH_58(m, x, ...) m(x), MORTISE_EACH_57(m, __VA_ARGS__)
#define MORTISE_EACH_59(m, x, ...) m(x), MORTISE_EACH_58(m, __VA_ARGS__)
#define MORTISE_EACH_60(m, x, ...) m(x), MORTISE_EACH_59(m, __VA_ARGS__)
#define MORTISE_EACH_61(m, x, ...) m(x), MORTISE_EACH_60(m, __VA_ARGS__)
#define MORTISE_EACH_62(m, x, ...) m(x), MORTISE_EACH_61(m, __VA_ARGS__)
#define MORTISE_EACH_63(m, x, ...) m(x), MORTISE_EACH_62(m, __VA_ARGS__)
#define MORTISE_EACH_64(m, x, ...) m(x), MORTISE_EACH_63(m, __VA_ARGS__)
#define MORTISE_EACH_PICK( \
    a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, \
    a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, \
    a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, chosen, \
    ...) chosen
#define MORTISE_FOR_EACH(m, ...) \
    MORTISE_EACH_PICK(__VA_ARGS__, \
        MORTISE_EACH_64, MORTISE_EACH_63, MORTISE_EACH_62, MORTISE_EACH_61, MORTISE_EACH_60, MORTISE_EACH_59, \
        MORTISE_EACH_58, MORTISE_EACH_57, MORTISE_EACH_56, MORTISE_EACH_55, MORTISE_EACH_54, MORTISE_EACH_53, \
        MORTISE_EACH_52, MORTISE_EACH_51, MORTISE_EACH_50, MORTISE_EACH_49, MORTISE_EACH_48, MORTISE_EACH_47, \
        MORTISE_EACH_46, MORTISE_EACH_45, MORTISE_EACH_44, MORTISE_EACH_43, MORTISE_EACH_42, MORTISE_EACH_41, \
        MORTISE_EACH_40, MORTISE_EACH_39, MORTISE_EACH_38, MORTISE_EACH_37, MORTISE_EACH_36, MORTISE_EACH_35, \
        MORTISE_EACH_34, MORTISE_EACH_33, MORTISE_EACH_32, MORTISE_EACH_31, MORTISE_EACH_30, MORTISE_EACH_29, \
        MORTISE_EACH_28, MORTISE_EACH_27, MORTISE_EACH_26, MORTISE_EACH_25, MORTISE_EACH_24, MORTISE_EACH_23, \
        MORTISE_EACH_22, MORTISE_EACH_21, MORTISE_EACH_20, MORTISE_EACH_19, MORTISE_EACH_18, MORTISE_EACH_17, \
        MORTISE_EACH_16, MORTISE_EACH_15, MORTISE_EACH_14, MORTISE_EACH_13, MORTISE_EACH_12, MORTISE_EACH_11, \
        MORTISE_EACH_10, MORTISE_EACH_9, MORTISE_EACH_8, MORTISE_EACH_7, MORTISE_EACH_6, MORTISE_EACH_5, \
        MORTISE_EACH_4, MORTISE_EACH_3, MORTISE_EACH_2, MORTISE_EACH_1, ~) \
    (m, __VA_ARGS__)
// clang-format on
