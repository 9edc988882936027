// The arguments of one call from JavaScript, checked. The first that is wrong throws a TypeError that shows the
// signature; everything asked for after that is empty, so a caller asks for all and looks at `ok()` once.
//
//   Arguments arguments(info, "evaluate(rules, rows, events)");
//   auto* rules = arguments.Handle<Lowered>(0, "rules");
//   const auto rows = arguments.Uint32(1, "rows", kChunkRows);
//   const auto events = arguments.View<std::uint16_t>(2, "events", rows);
//   if (!arguments.ok()) return info.Env().Undefined();
//
// No JavaScript runs between the first view and the end of the call, so none can detach or shrink what was looked at:
// nothing here reads a property or an element. Another thread may write to a shared buffer meanwhile; whatever an
// index comes from is therefore read once.

#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gatehouse {

// One per environment that has loaded the addon; its address tells the handles of one from those of another.
struct Instance {};

// The kind of a handle: specialised beside each exported class, with a number of its own.
template <class T>
inline constexpr std::uint64_t kHandleKind = 0;

// What JavaScript calls the typed array of T.
template <class T>
struct Element;
template <>
struct Element<std::uint8_t> {
  static constexpr napi_typedarray_type kType = napi_uint8_array;
  static constexpr const char* kName = "a Uint8Array";
};
template <>
struct Element<std::uint16_t> {
  static constexpr napi_typedarray_type kType = napi_uint16_array;
  static constexpr const char* kName = "a Uint16Array";
};
template <>
struct Element<std::uint32_t> {
  static constexpr napi_typedarray_type kType = napi_uint32_array;
  static constexpr const char* kName = "a Uint32Array";
};

class Arguments {
 public:
  // `signature` is shown in every error and must outlive the call.
  Arguments(const Napi::CallbackInfo& info, const char* signature);

  bool ok() const { return ok_; }

  // At most `most`.
  std::uint32_t Uint32(std::size_t index, const char* name, std::uint32_t most);

  // A typed array of at least `least` elements, over an ArrayBuffer or a SharedArrayBuffer. One whose buffer was
  // detached, or shrunk below it, has no elements.
  template <class T>
  std::span<T> View(std::size_t index, const char* name, std::size_t least) {
    const Memory memory = TypedArray(index, name, Element<T>::kType, Element<T>::kName, least);
    return {static_cast<T*>(memory.data), memory.length};
  }

  // The same, and empty where the argument is undefined or null.
  template <class T>
  std::span<T> OptionalView(std::size_t index, const char* name, std::size_t least) {
    return index >= info_.Length() || IsAbsent(index) ? std::span<T>() : View<T>(index, name, least);
  }

  bool IsAbsent(std::size_t index) const;

  // What `NewHandle` of this same environment and copy of the addon gave; null for anything else.
  template <class T>
  T* Handle(std::size_t index, const char* name) {
    static_assert(kHandleKind<T> != 0);
    return static_cast<T*>(Unwrap(index, name, kHandleKind<T>));
  }

  // Throws what is wrong with an argument, unless one was wrong before.
  void Refuse(const char* name, const char* what);

 private:
  struct Memory {
    void* data;
    std::size_t length;
  };
  Memory TypedArray(std::size_t index, const char* name, napi_typedarray_type type, const char* type_name,
                    std::size_t least);
  void* Unwrap(std::size_t index, const char* name, std::uint64_t kind);

  const Napi::CallbackInfo& info_;
  const char* signature_;
  bool ok_ = true;
};

Napi::Value WrapHandle(Napi::Env env, void* object, napi_finalize finalize, std::uint64_t kind, std::size_t bytes);

// Hands `object`, which holds about `bytes`, to the garbage collector; an opaque value in JavaScript.
template <class T>
Napi::Value NewHandle(Napi::Env env, std::unique_ptr<T> object, std::size_t bytes) {
  static_assert(kHandleKind<T> != 0);
  const auto finalize = [](napi_env finalizing, void* data, void* hint) {
    std::int64_t total;
    napi_adjust_external_memory(finalizing, -static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(hint)), &total);
    delete static_cast<T*>(data);
  };
  return WrapHandle(env, object.release(), finalize, kHandleKind<T>, bytes);
}

}  // namespace gatehouse
