//! my_ext: an extension of Ordinaut in Rust, without any crate.
mod abi;
#[cfg(test)]
mod fake_host;
mod host;

use abi::*;
use host::{Call, Host};
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// One instance. Several may exist at the same time.
struct MyExt {
    host: Host,
}

impl MyExt {
    /// Registers what extension.json declares. An error refuses to start, with its text as the reason.
    fn new(host: Host) -> Result<MyExt, (OrdStatus, String)> {
        host.register_tool("greet", ORD_EFFECT_PURE)?;
        Ok(MyExt { host })
    }

    /// On a worker thread. The host has checked the input against the schema in extension.json.
    fn on_tool(&self, call: &Call) -> OrdStatus {
        match call.name() {
            "greet" => self.greet(call),
            _ => ORD_E_NOT_FOUND,
        }
    }

    fn greet(&self, call: &Call) -> OrdStatus {
        match string_member(call.input(), "name") {
            Some(name) => self.host.finish(call, ORD_OK, &format!("{{\"text\":\"Hello {name}\"}}"), ""),
            None => self.host.finish(call, ORD_E_INVALID, "", "/name: is required"),
        }
        ORD_OK
    }
}

/// The text of a string member, with its escapes as they are. A real extension would use a JSON crate here.
fn string_member<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("\"{name}\"");
    let rest = json[json.find(&key)? + key.len()..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(&rest[..at]),
            _ => {}
        }
    }
    None
}

// ── the boundary: C functions around the above ──────────────────────────────────────────────────

unsafe extern "C" fn create(host: *const OrdHostV1, self_: OrdHandle, _config: OrdStr, out: *mut *mut c_void) -> OrdStatus {
    if ((*host).struct_size as usize) < std::mem::size_of::<OrdHostV1>() {
        return ORD_E_UNSUPPORTED;
    }
    let host = Host::new(host, self_);
    match catch_unwind(|| MyExt::new(host)) {
        Ok(Ok(instance)) => {
            *out = Box::into_raw(Box::new(instance)) as *mut c_void;
            ORD_OK
        }
        Ok(Err((status, why))) => {
            host.log(ORD_LOG_ERROR, &why);
            status
        }
        Err(_) => ORD_E_INTERNAL,
    }
}
unsafe extern "C" fn start(_instance: *mut c_void) -> OrdStatus {
    ORD_OK
}
unsafe extern "C" fn quiesce(_instance: *mut c_void, _deadline_ns: u64) {}
unsafe extern "C" fn stop(_instance: *mut c_void) {}
unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(Box::from_raw(instance as *mut MyExt));
}
unsafe extern "C" fn on_tool(instance: *mut c_void, call: *const OrdToolCall) -> OrdStatus {
    let (instance, call) = (&*(instance as *const MyExt), Call::new(call));
    catch_unwind(AssertUnwindSafe(|| instance.on_tool(&call))).unwrap_or(ORD_E_INTERNAL)
}

struct Table(OrdExtensionV1);
unsafe impl Sync for Table {} // Constant.

const fn text(s: &'static str) -> OrdStr {
    OrdStr { ptr: s.as_ptr() as *const _, len: s.len() as u64 }
}

static TABLE: Table = Table(OrdExtensionV1 {
    struct_size: std::mem::size_of::<OrdExtensionV1>() as u32,
    abi_major: ORD_ABI_MAJOR,
    abi_minor: ORD_ABI_MINOR,
    max_concurrency: 4,
    id: text(env!("CARGO_PKG_NAME")),
    version: text(env!("CARGO_PKG_VERSION")), // Must equal extension.json's.
    create: Some(create),
    start: Some(start),
    reconfigure: None,
    health: None,
    quiesce: Some(quiesce),
    stop: Some(stop),
    destroy: Some(destroy),
    on_tool: Some(on_tool),
    on_http: None,
    on_event: None,
    on_task: None,
    on_async: None,
    on_cancel: None,
    get_interface: None,
});

#[no_mangle]
pub extern "C" fn ordinaut_extension_v1() -> *const OrdExtensionV1 {
    &TABLE.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use fake_host::FakeHost;

    #[test]
    fn greets_by_name() {
        let host = FakeHost::start(ordinaut_extension_v1());
        let answer = host.call("greet", "{\"name\":\"Ada\"}");
        assert_eq!((answer.status, answer.json.as_str()), (ORD_OK, "{\"text\":\"Hello Ada\"}"));
    }

    #[test]
    fn wants_a_name() {
        assert_eq!(FakeHost::start(ordinaut_extension_v1()).call("greet", "{}").status, ORD_E_INVALID);
    }

    #[test]
    fn the_manifest_says_the_same() {
        let manifest = include_str!("../extension.json");
        assert_eq!(string_member(manifest, "id"), Some(env!("CARGO_PKG_NAME")));
        assert_eq!(string_member(manifest, "version"), Some(env!("CARGO_PKG_VERSION")));
    }
}
