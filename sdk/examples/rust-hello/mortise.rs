// SPDX-License-Identifier: Apache-2.0
//! As much of the plugin interface as rust_hello.rs uses, by hand: the C headers in `mortise/abi` and `mortise/service` are
//! what it follows, and where functions, ownership and threads are explained. layout.rs compares it with them.
#![allow(dead_code)] // it is a binding: not everything is used here

use std::any::Any;
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// What layout.rs compares: the name in C, where it is and how big, and the number that this file has for it.
pub enum Fact {
    Size(&'static str, usize),
    AtLeast(&'static str, usize), // a table of the host, of which this file knows the beginning
    Member(&'static str, &'static str, usize, usize),
    Constant(&'static str, i64),
    Text(&'static str, &'static str),
}

/// `pub struct View = mortise_view, Size { … }`: members in C's order, under C's names.
macro_rules! c_structs {
    ($($(#[$attribute:meta])* pub struct $name:ident = $c:ident, $extent:ident { $($member:ident: $type:ty,)+ })+) => {
        $($(#[$attribute])* #[repr(C)] pub struct $name { $(pub $member: $type),+ })+

        pub fn struct_facts() -> Vec<Fact> {
            let mut facts = Vec::new();
            $({
                let one = std::mem::MaybeUninit::<$name>::uninit();
                let begin = one.as_ptr();
                facts.push(Fact::$extent(stringify!($c), std::mem::size_of::<$name>()));
                $({
                    let member = unsafe { std::ptr::addr_of!((*begin).$member) };
                    facts.push(Fact::Member(stringify!($c), name_in_c(stringify!($member)),
                        member as usize - begin as usize, size_behind(member)));
                })+
            })+
            facts
        }
    };
}

// Rust keeps these two words for itself.
fn name_in_c(member: &'static str) -> &'static str {
    match member {
        "this" => "self",
        "r#type" => "type",
        _ => member,
    }
}

fn size_behind<T>(_: *const T) -> usize {
    std::mem::size_of::<T>()
}

macro_rules! c_constants {
    ($(pub const $name:ident: $type:ty = $value:literal;)+) => {
        $(pub const $name: $type = $value;)+

        pub fn constant_facts() -> Vec<Fact> {
            vec![$(Fact::Constant(concat!("MORTISE_", stringify!($name)), $name as i64)),+]
        }
    };
}

macro_rules! c_texts {
    ($(pub const $name:ident = $value:literal;)+) => {
        $(pub const $name: &str = $value;)+

        pub fn text_facts() -> Vec<Fact> {
            vec![$(Fact::Text(concat!("MORTISE_", stringify!($name)), $name)),+]
        }
    };
}

pub type Status = i32;
pub type Exchange = u64;
pub type Handler = unsafe extern "C" fn(*mut c_void, Exchange, *const Request) -> Status;
pub type Release = unsafe extern "C" fn(*mut c_void);

c_constants! {
    pub const ABI_MINOR: u32 = 0;
    pub const ABI_DRAFT: u32 = 2;
    pub const OK: Status = 0;
    pub const REPLIED: Status = 2;
    pub const ERROR: Status = -1;
    pub const INVALID: Status = -2;
    pub const SETTING_TEXT: u32 = 4;
    pub const LOG_INFO: u32 = 30;
    pub const LOG_FIELD_TEXT: u32 = 0;
    pub const PLACEMENT_LOOP: u32 = 1;
    pub const REPLY_JSON: u32 = 1;
    pub const MANIFEST_NOTE: u32 = 1;
}

c_texts! {
    pub const MODULE_ENTRY_NAME = "mortise_module_entry_v1_draft2";
    pub const EXCHANGE_SERVICE = "mortise.exchange/1";
    pub const LOG_SERVICE = "mortise.log/1";
    pub const ROUTES_SERVICE = "mortise.routes/1";
    pub const MANIFEST_NOTE_NAME = "Mortise";
}

/// The member "abi" of a manifest, as MORTISE_MANIFEST_ABI(0) writes it: a literal, for concat!.
macro_rules! manifest_abi {
    () => {
        r#""abi":{"draft":2,"minor_built":0,"minor_needed":0}"#
    };
}
pub const MANIFEST_ABI: &str = manifest_abi!();

c_structs! {
    #[derive(Clone, Copy)]
    pub struct View = mortise_view, Size {
        data: *const u8,
        size: u64,
    }

    pub struct Error = mortise_error, Size {
        message: *mut u8,
        capacity: u32,
        length: u32,
    }

    pub struct Service = mortise_service, Size {
        table: *const c_void,
        this: *mut c_void,
    }

    pub struct Host = mortise_host, AtLeast {
        struct_size: u32,
        abi_minor: u32,
        context: *mut c_void,
        instance_name: View,
        get_service: unsafe extern "C" fn(*mut c_void, View, *mut Service, *mut Error) -> Status,
    }

    pub struct SettingValue = mortise_setting_value, Size {
        text: View,
        integer: i64,
        number: f64,
        items: *const View,
        item_count: u64,
        is_default: u64,
    }

    pub struct Configuration = mortise_configuration, AtLeast {
        struct_size: u32,
        value_count: u32,
        value_size: u32,
        development: u32,
        check_only: u32,
        reserved: u32,
        values: *const SettingValue,
    }

    pub struct PluginTable = mortise_plugin_table, Size {
        struct_size: u32,
        reserved: u32,
        configure: Option<unsafe extern "C" fn(*mut c_void, *const Configuration, *mut Error) -> Status>,
        start: Option<unsafe extern "C" fn(*mut c_void, *mut Error) -> Status>,
        activate: Option<unsafe extern "C" fn(*mut c_void)>,
        drain: Option<unsafe extern "C" fn(*mut c_void, u64)>,
        stop: Option<unsafe extern "C" fn(*mut c_void)>,
        destroy: Option<unsafe extern "C" fn(*mut c_void)>,
        get_extension: Option<unsafe extern "C" fn(*mut c_void, View) -> *const c_void>,
        open_service: Option<unsafe extern "C" fn(*mut c_void, View, *const c_void, *mut Service, *mut Error) -> Status>,
        close_service: Option<unsafe extern "C" fn(*mut c_void, View, Service)>,
    }

    pub struct Plugin = mortise_plugin, Size {
        struct_size: u32,
        reserved: u32,
        this: *mut c_void,
        table: *const PluginTable,
    }

    pub struct Setting = mortise_setting, Size {
        r#type: u32,
        flags: u32,
        key: View,
        default_text: View,
        choices: View,
        unit: View,
        text: View,
        pattern: View,
        replaced_by: View,
        environment: View,
        minimum: i64,
        maximum: i64,
        number_minimum: f64,
        number_maximum: f64,
        minimum_length: u64,
        maximum_length: u64,
    }

    pub struct Module = mortise_module, Size {
        struct_size: u32,
        abi_minor_built: u32,
        abi_minor_needed: u32,
        flags: u32,
        id: View,
        version: View,
        toolchain: View,
        licence: View,
        required_services: *const View,
        optional_services: *const View,
        provided_services: *const View,
        extension_points: *const View,
        extensions: *const View,
        filters: *const View,
        settings: *const Setting,
        required_service_count: u32,
        optional_service_count: u32,
        provided_service_count: u32,
        extension_point_count: u32,
        extension_count: u32,
        filter_count: u32,
        setting_count: u32,
        setting_size: u32,
        create: Option<unsafe extern "C" fn(*const Host, *mut *const Plugin, *mut Error) -> Status>,
    }

    pub struct Request = mortise_request, AtLeast {
        struct_size: u32,
        field_count: u32,
        parameter_count: u32,
        flags: u32,
        method: View,
        target: View,
        path: View,
        query: View,
        route: View,
        request_id: View,
        client_address: View,
    }

    pub struct Reply = mortise_reply, Size {
        struct_size: u32,
        status: u32,
        flags: u32,
        field_count: u32,
        fields: *const c_void,
        header_block: u64,
        content_type: View,
        body: View,
        release: Option<Release>,
        release_context: *mut c_void,
    }

    pub struct ErrorReply = mortise_error_reply, Size {
        struct_size: u32,
        status: u32,
        message: View,
        fields: *const c_void,
        details: *const c_void,
        field_count: u32,
        detail_count: u32,
        detail_size: u32,
        reserved: u32,
        code: View,
    }

    pub struct ExchangeTable = mortise_exchange_table, AtLeast {
        struct_size: u32,
        reserved: u32,
        reply: unsafe extern "C" fn(*mut c_void, Exchange, *const Reply) -> Status,
        reply_error: unsafe extern "C" fn(*mut c_void, Exchange, *const ErrorReply) -> Status,
    }

    pub struct RouteResponse = mortise_route_response, Size {
        status: u32,
        reserved: u32,
        schema: View,
        message: View,
        media_type: View,
        fields: *const c_void, // mortise_route_field
        field_count: u32,
        field_size: u32,
    }

    pub struct Route = mortise_route, Size {
        struct_size: u32,
        flags: u32,
        placement: u32,
        authentication: u32,
        method: View,
        pattern: View,
        role: View,
        body_limit: u64,
        body_schema: View,
        query_schema: View,
        path_schema: View,
        header_schema: View,
        cookie_schema: View,
        body_media_types: View,
        summary: View,
        description: View,
        operation_id: View,
        tags: View,
        responses: *const RouteResponse,
        response_count: u32,
        response_size: u32,
        handle: Option<Handler>,
        context: *mut c_void,
        release: Option<Release>,
    }

    pub struct RoutesTable = mortise_routes_table, AtLeast {
        struct_size: u32,
        reserved: u32,
        add: unsafe extern "C" fn(*mut c_void, *const Route, *mut Error) -> Status,
    }

    pub struct LogField = mortise_log_field, Size {
        name: View,
        kind: u32,
        reserved: u32,
        integer: i64,
        number: f64,
        text: View,
    }

    pub struct LogTable = mortise_log_table, AtLeast {
        struct_size: u32,
        reserved: u32,
        enabled: unsafe extern "C" fn(*mut c_void, u32, View) -> u32,
        write: unsafe extern "C" fn(*mut c_void, u32, View, View, *const LogField, u32, Exchange),
    }
}

// Immutable where they are static, and never written through a view.
unsafe impl Sync for View {}
unsafe impl Sync for Setting {}
unsafe impl Sync for Module {}

impl View {
    pub const EMPTY: View = View { data: std::ptr::null(), size: 0 };

    /// Borrows: the text has to live as long as the interface says.
    pub const fn of(text: &str) -> View {
        View { data: text.as_ptr(), size: text.len() as u64 }
    }

    /// # Safety
    /// What it shows must be there for as long as `'a`.
    pub unsafe fn text<'a>(self) -> std::borrow::Cow<'a, str> {
        if self.size == 0 {
            return "".into();
        }
        String::from_utf8_lossy(std::slice::from_raw_parts(self.data, self.size as usize))
    }
}

/// MORTISE_INIT: all zero, which is a value of each of them, with its struct_size.
macro_rules! sized {
    ($($name:ident),+) => {
        $(impl $name {
            pub fn sized() -> $name {
                let zero: $name = unsafe { std::mem::zeroed() };
                $name { struct_size: std::mem::size_of::<$name>() as u32, ..zero }
            }
        })+
    };
}
sized!(Reply, ErrorReply, Route);

impl Configuration {
    /// # Safety
    /// `index` is less than value_count.
    pub unsafe fn value(&self, index: usize) -> &SettingValue {
        let begin = self.values as *const u8; // elements may have grown: the host's stride counts, not our size
        &*(begin.add(index * self.value_size as usize) as *const SettingValue)
    }
}

/// A service of the host, with the table as this file knows it. Of the first version are all functions here, so that none
/// of them can be missing.
pub struct Known<Table: 'static> {
    pub table: &'static Table, // lives as long as the instance
    pub this: *mut c_void,
}

// Services may be called on any thread.
unsafe impl<Table> Send for Known<Table> {}
unsafe impl<Table> Sync for Known<Table> {}

impl<Table> Known<Table> {
    /// # Safety
    /// `Table` is what `id` stands for; the result is not used after the instance's `destroy`.
    pub unsafe fn of(host: &Host, id: &str) -> Result<Self, String> {
        let mut service = Service { table: std::ptr::null(), this: std::ptr::null_mut() };
        let status = (host.get_service)(host.context, View::of(id), &mut service, std::ptr::null_mut());
        if status != OK || service.table.is_null() {
            return Err(format!("the host gives no {}", id));
        }
        Ok(Known { table: &*(service.table as *const Table), this: service.this })
    }
}

/// Runs `call`, out of which no panic may come.
pub fn border<R>(call: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| format!("panic: {}", panic_text(&*panic)))
}

/// The same for calls that leave a message when they fail.
/// # Safety
/// `error` is what the host gave.
pub unsafe fn border_with_error(error: *mut Error, call: impl FnOnce() -> Result<(), String>) -> Status {
    match border(call).and_then(|outcome| outcome) {
        Ok(()) => OK,
        Err(message) => {
            if let Some(error) = error.as_mut().filter(|error| !error.message.is_null()) {
                let size = message.len().min(error.capacity as usize);
                std::ptr::copy_nonoverlapping(message.as_ptr(), error.message, size);
                error.length = size as u32;
            }
            ERROR
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&'static str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("of an unknown kind")
}

/// The manifest's ELF note; `N` is padded(json.len()).
#[repr(C)]
pub struct Manifest<const N: usize> {
    name_size: u32,
    size: u32,
    kind: u32,
    name: [u8; 8],
    text: [u8; N],
}

pub const fn padded(size: usize) -> usize {
    (size + 4) / 4 * 4 // with a NUL at least
}

impl<const N: usize> Manifest<N> {
    pub const fn new(json: &str) -> Self {
        let mut name = [0; 8];
        let mut text = [0; N];
        let mut i = 0;
        while i < MANIFEST_NOTE_NAME.len() {
            name[i] = MANIFEST_NOTE_NAME.as_bytes()[i];
            i += 1;
        }
        i = 0;
        while i < json.len() {
            text[i] = json.as_bytes()[i];
            i += 1;
        }
        Manifest { name_size: 8, size: N as u32, kind: MANIFEST_NOTE, name, text }
    }
}
