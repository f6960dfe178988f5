// SPDX-License-Identifier: Apache-2.0
//! Prints a C program that compares mortise.rs with the headers that it is compiled with: every member's place and size,
//! every constant. The program names what differs, and fails.
mod mortise;

use mortise::Fact;

fn main() {
    let mut facts = mortise::struct_facts();
    facts.append(&mut mortise::constant_facts());
    facts.append(&mut mortise::text_facts());
    facts.push(Fact::Text("MORTISE_MANIFEST_ABI(0)", mortise::MANIFEST_ABI));
    println!("#include <mortise/abi/manifest.h>");
    println!("#include <mortise/abi/module.h>");
    for header in ["exchange", "log", "routes"] {
        println!("#include <mortise/service/{header}.h>");
    }
    println!("#include <stdio.h>");
    println!("#include <string.h>");
    println!("static int differs(const char *what, long long c, long long rust) {{");
    println!("    if (c != rust) printf(\"%s: %lld in C, %lld in Rust\\n\", what, c, rust);");
    println!("    return c != rust;");
    println!("}}");
    println!("int main(void) {{");
    println!("    int faults = 0;");
    for fact in &facts {
        match fact {
            Fact::Size(name, size) => {
                println!("    faults += differs(\"sizeof {name}\", (long long)sizeof({name}), {size});");
            }
            Fact::AtLeast(name, size) => {
                println!("    faults += differs(\"{name} reaches\", sizeof({name}) >= {size}, 1);");
            }
            Fact::Member(name, member, offset, size) => {
                println!("    faults += differs(\"offset of {name}.{member}\", (long long)offsetof({name}, {member}), {offset});");
                println!("    faults += differs(\"sizeof {name}.{member}\", (long long)sizeof((({name} *)0)->{member}), {size});");
            }
            Fact::Constant(name, value) => {
                println!("    faults += differs(\"{name}\", (long long){name}, {value});");
            }
            Fact::Text(name, value) => {
                let what = format!("{name} is {value}");
                println!("    faults += differs({what:?}, strcmp({name}, {value:?}) == 0, 1);");
            }
        }
    }
    println!("    printf(\"{} facts, %d differences\\n\", faults);", facts.len());
    println!("    return faults != 0;");
    println!("}}");
}
