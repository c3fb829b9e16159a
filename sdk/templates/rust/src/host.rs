//! The host, as Rust sees it. Only what this extension uses; abi.rs has the rest.
use crate::abi::*;

/// Valid as long as the instance. Its functions may be called from any thread.
#[derive(Clone, Copy)]
pub struct Host {
    table: *const OrdHostV1,
    own: OrdHandle,
}
unsafe impl Send for Host {}
unsafe impl Sync for Host {}
impl std::panic::UnwindSafe for Host {}

pub fn to_c(text: &str) -> OrdStr {
    OrdStr { ptr: text.as_ptr() as *const _, len: text.len() as u64 }
}
/// Empty for a null pointer, and for what is not UTF-8.
unsafe fn from_c<'a>(text: OrdStr) -> &'a str {
    if text.ptr.is_null() {
        return "";
    }
    std::str::from_utf8(std::slice::from_raw_parts(text.ptr as *const u8, text.len as usize)).unwrap_or("")
}

/// One tool call. Borrowed: `inv` alone may be kept beyond the upcall.
pub struct Call {
    raw: *const OrdToolCall,
}
impl Call {
    pub unsafe fn new(raw: *const OrdToolCall) -> Call {
        Call { raw }
    }
    pub fn name(&self) -> &str {
        unsafe { from_c((*self.raw).name) }
    }
    pub fn input(&self) -> &str {
        unsafe { from_c((*self.raw).input_json) }
    }
    pub fn inv(&self) -> OrdHandle {
        unsafe { (*(*self.raw).call).inv }
    }
}

impl Host {
    pub fn new(table: *const OrdHostV1, own: OrdHandle) -> Host {
        Host { table, own }
    }
    fn table(&self) -> &OrdHostV1 {
        unsafe { &*self.table }
    }
    pub fn log(&self, level: u32, message: &str) {
        unsafe { (self.table().log.unwrap())(self.own, level, to_c(message), std::ptr::null(), 0) }
    }
    /// Completes the call, exactly once.
    pub fn finish(&self, call: &Call, status: OrdStatus, json: &str, message: &str) {
        unsafe { (self.table().finish.unwrap())(call.inv(), status, to_c(json), to_c(message)) };
    }
    pub fn register_tool(&self, name: &str, effect: u32) -> Result<(), (OrdStatus, String)> {
        let mut tools = std::ptr::null();
        let status = unsafe { (self.table().get_interface.unwrap())(self.own, to_c("ord.tools"), 1, &mut tools, std::ptr::null_mut()) };
        if status != ORD_OK {
            return Err((status, "this host has no ord.tools".to_string()));
        }
        let spec = OrdToolSpec {
            struct_size: std::mem::size_of::<OrdToolSpec>() as u32,
            effect,
            name: to_c(name),
            description: to_c(""),
            input_schema_json: to_c(""),
            output_schema_json: to_c(""),
        };
        match unsafe { ((*(tools as *const OrdToolsV1)).register_tool.unwrap())(self.own, &spec) } {
            ORD_OK => Ok(()),
            status => Err((status, format!("the tool '{name}' was refused; is TOOLS granted?"))),
        }
    }
}
