// Full RELRO, as the host's checks want it. The only exported symbol is the entry: rustc sees to that.
fn main() {
    println!("cargo:rustc-cdylib-link-arg=-Wl,-z,relro,-z,now");
}
