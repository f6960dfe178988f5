// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {

class PluginBase;

namespace detail {

// A member function with its object: what a route or a command calls.
template<class Object, class Member>
struct MemberCall {
    Object* object;
    Member member;

    template<class... Arguments, std::enable_if_t<std::is_invocable_v<const Member&, Object&, Arguments...>, int> = 0>
    decltype(auto) operator()(Arguments&&... arguments) const {
        return (object->*member)(std::forward<Arguments>(arguments)...);
    }
};

template<class Object, class Member>
MemberCall<Object, Member> callOn(Object* object, Member member) {
    static_assert(std::is_member_function_pointer_v<Member>,
                  "handle(object, &Class::member): the second is a member function");
    return {object, member};
}

// The plugin as the class whose member it is; null when it is another's.
template<class Class, class Function, class Base>
Class* pluginOf(Function Class::*, Base* plugin) {
    static_assert(
        std::is_base_of_v<Base, Class>,
        "handle(&Class::member): Class is not the plugin's; name the object, too: handle(&object, &Class::member)");
    if constexpr (std::is_base_of_v<Base, Class>)
        return dynamic_cast<Class*>(plugin);
    else
        return nullptr;
}

} // namespace detail
} // namespace v1
} // namespace mortise
