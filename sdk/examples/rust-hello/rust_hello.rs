// SPDX-License-Identifier: Apache-2.0
//! A plugin in Rust, without crates. The unsafe functions below are the border: what the host calls, on the thread that
//! their tag names, and out of which no panic may come.
#[macro_use]
mod mortise;

use mortise::*;
use std::ffi::c_void;
use std::mem::size_of;
use std::ptr::{null, null_mut};

/// What every request shares.
struct Greeter {
    exchange: Known<ExchangeTable>,
    log: Known<LogTable>,
    greeting: String,
}

impl Greeter {
    fn greet(&self, exchange: Exchange, request: &Request) {
        let who = unsafe { request.client_address.text() };
        self.tell("Greeted", "client", &who, exchange);
        let body = format!("{{\"hello\":\"{}\"}}", json_text(&self.greeting));
        self.reply(exchange, body);
    }

    /// The host sends the bytes from where they are, and then gives them back.
    fn reply(&self, exchange: Exchange, body: String) {
        unsafe extern "C" fn release(body: *mut c_void) {
            drop(Box::from_raw(body as *mut String));
        }
        let view = View::of(&body); // the box keeps the bytes where they are
        let body = Box::into_raw(Box::new(body)) as *mut c_void;
        let reply = Reply {
            status: 200,
            flags: REPLY_JSON,
            body: view,
            release: Some(release),
            release_context: body,
            ..Reply::sized()
        };
        unsafe {
            if (self.exchange.table.reply)(self.exchange.this, exchange, &reply) == INVALID {
                release(body); // nothing was done: it is still ours
            }
        }
    }

    fn fail(&self, exchange: Exchange, message: &str) {
        let reply = ErrorReply { status: 500, message: View::of(message), ..ErrorReply::sized() };
        unsafe { (self.exchange.table.reply_error)(self.exchange.this, exchange, &reply) };
    }

    fn tell(&self, message: &str, name: &str, value: &str, exchange: Exchange) {
        let field = LogField {
            name: View::of(name),
            kind: LOG_FIELD_TEXT,
            reserved: 0,
            integer: 0,
            number: 0.0,
            text: View::of(value),
        };
        let log = &self.log;
        unsafe { (log.table.write)(log.this, LOG_INFO, View::EMPTY, View::of(message), &field, 1, exchange) };
    }
}

fn json_text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\0'..='\x1f' => out += &format!("\\u{:04x}", c as u32),
            _ => out.push(c),
        }
    }
    out
}

/// [loop], many at once: whatever the handler of a route does, a panic in it is a 500 that the log explains.
unsafe fn handle(context: *mut c_void, exchange: Exchange, request: *const Request, handler: fn(&Greeter, Exchange, &Request)) -> Status {
    let greeter = &*(context as *const Greeter);
    if let Err(panic) = border(|| handler(greeter, exchange, &*request)) {
        greeter.fail(exchange, &panic);
    }
    REPLIED
}

unsafe extern "C" fn handle_greeting(context: *mut c_void, exchange: Exchange, request: *const Request) -> Status {
    handle(context, exchange, request, Greeter::greet)
}

/// Has a bug, to show what becomes of it.
unsafe extern "C" fn handle_panic(context: *mut c_void, exchange: Exchange, request: *const Request) -> Status {
    handle(context, exchange, request, |greeter, _, _| {
        let length = greeter.greeting.len();
        panic!("a greeting of {length} bytes is no reason to");
    })
}

struct Hello {
    host: *const Host,
    shown: Plugin, // what the host sees of it
}

impl Hello {
    unsafe fn configure(&self, configuration: &Configuration) -> Result<(), String> {
        let host = &*self.host;
        if configuration.value_count != 1 {
            return Err("one setting was declared".into());
        }
        let greeting = configuration.value(0).text.text().into_owned();
        let routes = Known::<RoutesTable>::of(host, ROUTES_SERVICE)?;
        for (pattern, summary, handle) in [
            ("/rust-hello", "Greets, in Rust", handle_greeting as Handler),
            ("/rust-hello/panic", "Panics, in Rust", handle_panic as Handler),
        ] {
            let greeter = Greeter {
                exchange: Known::of(host, EXCHANGE_SERVICE)?,
                log: Known::of(host, LOG_SERVICE)?,
                greeting: greeting.clone(),
            };
            add_route(&routes, pattern, summary, handle, greeter)?;
        }
        Ok(())
    }
}

/// The route's handler gets `greeter`, which is dropped when the route is gone.
unsafe fn add_route(routes: &Known<RoutesTable>, pattern: &str, summary: &str, handle: Handler, greeter: Greeter) -> Result<(), String> {
    unsafe extern "C" fn release(greeter: *mut c_void) {
        let _ = border(|| drop(Box::from_raw(greeter as *mut Greeter)));
    }
    let response = RouteResponse {
        status: 200,
        reserved: 0,
        schema: View::of(r#"{"type":"object"}"#),
        message: View::of("A greeting"),
        media_type: View::EMPTY,
        fields: null(),
        field_count: 0,
        field_size: 0,
    };
    let context = Box::into_raw(Box::new(greeter)) as *mut c_void;
    let route = Route {
        placement: PLACEMENT_LOOP,
        method: View::of("GET"),
        pattern: View::of(pattern),
        summary: View::of(summary),
        responses: &response,
        response_count: 1,
        response_size: size_of::<RouteResponse>() as u32,
        handle: Some(handle),
        context,
        release: Some(release),
        ..Route::sized()
    };
    let mut text = [0u8; 256];
    let mut error = Error { message: text.as_mut_ptr(), capacity: text.len() as u32, length: 0 };
    if (routes.table.add)(routes.this, &route, &mut error) != OK {
        release(context); // a failed call keeps nothing
        return Err(format!("{pattern}: {}", String::from_utf8_lossy(&text[..error.length as usize])));
    }
    Ok(())
}

/// [control]
unsafe extern "C" fn create(host: *const Host, plugin: *mut *const Plugin, error: *mut Error) -> Status {
    border_with_error(error, || {
        let size = size_of::<Plugin>() as u32;
        let shown = Plugin { struct_size: size, reserved: 0, this: null_mut(), table: &TABLE };
        let hello = Box::into_raw(Box::new(Hello { host, shown }));
        (*hello).shown.this = hello as *mut c_void;
        *plugin = &(*hello).shown;
        Ok(())
    })
}

/// [control]
unsafe extern "C" fn configure(this: *mut c_void, configuration: *const Configuration, error: *mut Error) -> Status {
    border_with_error(error, || (*(this as *const Hello)).configure(&*configuration))
}

/// [control]
unsafe extern "C" fn destroy(this: *mut c_void) {
    let _ = border(|| drop(Box::from_raw(this as *mut Hello)));
}

static TABLE: PluginTable = PluginTable {
    struct_size: size_of::<PluginTable>() as u32,
    reserved: 0,
    configure: Some(configure),
    start: None,
    activate: None,
    drain: None,
    stop: None,
    destroy: Some(destroy),
    get_extension: None,
    open_service: None,
    close_service: None,
};

static SETTINGS: [Setting; 1] = [Setting {
    r#type: SETTING_TEXT,
    flags: 0,
    key: View::of("greeting"),
    default_text: View::of("world"),
    choices: View::EMPTY,
    unit: View::EMPTY,
    text: View::of("Who is greeted."),
    pattern: View::EMPTY,
    replaced_by: View::EMPTY,
    environment: View::EMPTY,
    minimum: 0,
    maximum: 0,
    number_minimum: 0.0,
    number_maximum: 0.0,
    minimum_length: 0,
    maximum_length: 0,
}];

static MODULE: Module = Module {
    struct_size: size_of::<Module>() as u32,
    abi_minor_built: ABI_MINOR,
    abi_minor_needed: 0,
    flags: 0,
    id: View::of("org.mortise.examples.rust-hello"),
    version: View::of("1.0.0"),
    toolchain: View::of("Rust"),
    licence: View::of("Apache-2.0"),
    required_services: null(),
    optional_services: null(),
    provided_services: null(),
    extension_points: null(),
    extensions: null(),
    filters: null(),
    settings: &SETTINGS[0],
    required_service_count: 0,
    optional_service_count: 0,
    provided_service_count: 0,
    extension_point_count: 0,
    extension_count: 0,
    filter_count: 0,
    setting_count: SETTINGS.len() as u32,
    setting_size: size_of::<Setting>() as u32,
    create: Some(create),
};

/// What MODULE says, for those who run nothing.
const JSON: &str = concat!("{", manifest_abi!(), r#",
    "manifest": 1, "id": "org.mortise.examples.rust-hello", "version": "1.0.0", "toolchain": "Rust", "licence": "Apache-2.0",
    "needs": [], "may_use": [], "provides": [], "extension_points": [], "extensions": [], "filters": [],
    "settings": [{"key": "greeting", "type": "text", "default": "world", "text": "Who is greeted."}]}"#);

#[used]
#[link_section = ".note.mortise"]
static MANIFEST: Manifest<{ padded(JSON.len()) }> = Manifest::new(JSON);

/// [any] The one function that the file exports.
#[no_mangle]
pub extern "C" fn mortise_module_entry_v1_draft2(_host_abi_minor: u32, _error: *mut Error) -> *const Module {
    &MODULE
}
