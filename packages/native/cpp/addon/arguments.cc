#include "addon/arguments.hh"

#include <string>

namespace gatehouse {

namespace {

// Ours, so that a handle of another addon is never taken for one.
constexpr std::uint64_t kGatehouse = 0x9a7e'4005'e5ec'c03f;

// Two copies of the addon, or two threads, have different instances and so refuse each other's handles.
napi_type_tag TagOf(Napi::Env env, std::uint64_t kind) {
  return {kGatehouse ^ kind, reinterpret_cast<std::uintptr_t>(env.GetInstanceData<Instance>())};
}

}  // namespace

Arguments::Arguments(const Napi::CallbackInfo& info, const char* signature) : info_(info), signature_(signature) {}

std::uint32_t Arguments::Uint32(std::size_t index, const char* name, std::uint32_t most) {
  double value;
  if (napi_get_value_double(info_.Env(), info_[index], &value) != napi_ok || !(value >= 0 && value <= most) ||
      value != static_cast<double>(static_cast<std::uint32_t>(value))) {
    Refuse(name, ("a whole number from 0 to " + std::to_string(most)).c_str());
    return 0;
  }
  return static_cast<std::uint32_t>(value);
}

bool Arguments::IsAbsent(std::size_t index) const {
  const napi_valuetype type = Napi::Value(info_[index]).Type();
  return type == napi_undefined || type == napi_null;
}

Arguments::Memory Arguments::TypedArray(std::size_t index, const char* name, napi_typedarray_type type,
                                        const char* type_name, std::size_t least) {
  napi_typedarray_type found;
  std::size_t length = 0;
  void* data = nullptr;
  const napi_status status =
      napi_get_typedarray_info(info_.Env(), info_[index], &found, &length, &data, nullptr, nullptr);
  if (status != napi_ok || found != type) {
    Refuse(name, type_name);
    return {nullptr, 0};
  }
  if (length < least) {
    Refuse(name, (std::string(type_name) + " of at least " + std::to_string(least) + " elements").c_str());
    return {nullptr, 0};
  }
  return {data, length};
}

void* Arguments::Unwrap(std::size_t index, const char* name, std::uint64_t kind) {
  const Napi::Value value = info_[index];
  const napi_type_tag tag = TagOf(info_.Env(), kind);
  bool ours = false;
  void* object = nullptr;
  if (!value.IsObject() || napi_check_object_type_tag(info_.Env(), value, &tag, &ours) != napi_ok || !ours ||
      napi_unwrap(info_.Env(), value, &object) != napi_ok) {
    Refuse(name, "a handle that this addon gave");
    return nullptr;
  }
  return object;
}

void Arguments::Refuse(const char* name, const char* what) {
  if (!ok_) return;
  ok_ = false;
  const std::string message = std::string(signature_) + ": `" + name + "` must be " + what;
  Napi::TypeError::New(info_.Env(), message).ThrowAsJavaScriptException();
}

Napi::Value WrapHandle(Napi::Env env, void* object, napi_finalize finalize, std::uint64_t kind, std::size_t bytes) {
  const Napi::Object handle = Napi::Object::New(env);
  const napi_type_tag tag = TagOf(env, kind);
  void* const hint = reinterpret_cast<void*>(static_cast<std::uintptr_t>(bytes));
  std::int64_t total;
  napi_adjust_external_memory(env, static_cast<std::int64_t>(bytes), &total);
  napi_wrap(env, handle, object, finalize, hint, nullptr);
  napi_type_tag_object(env, handle, &tag);
  return handle;
}

}  // namespace gatehouse
