// C++ exceptions in the build without exception handling: nothing is ever caught, so a throw says what was thrown
// and traps. The message also becomes the shim's last error, which the host can still read after the trap.
#include "private_typeinfo.h"

#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <exception>

#include "../shim/shim.h"

using __cxxabiv1::__shim_type_info;

extern "C" void *__cxa_allocate_exception(size_t size) noexcept {
    void *object = malloc(size);
    if (!object) abort();
    return object;
}

extern "C" void __cxa_free_exception(void *object) noexcept { free(object); }

// The text of the thrown object if it is a std::exception, found as a catch clause would find it.
static const char *what(void *object, const std::type_info *type) {
    const auto *wanted = static_cast<const __shim_type_info *>(&typeid(std::exception));
    if (!wanted->can_catch(static_cast<const __shim_type_info *>(type), object)) return "";
    return static_cast<const std::exception *>(object)->what();
}

extern "C" void __cxa_throw(void *object, std::type_info *type, void *(*)(void *)) { // in Wasm, a destructor returns its object
    char *readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, nullptr);
    shim::set_error("uncaught C++ exception %s: %s", readable ? readable : type->name(), what(object, type));
    fprintf(stderr, "guest: %s\n", shim::last_error());
    __builtin_trap();
}
