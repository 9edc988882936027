// The door to JavaScript: each file here checks arguments, calls cpp/core and copies the answer out. Nothing is decided
// here, and nothing but this folder knows Node.

#include <napi.h>

#include "addon/arguments.hh"
#include "addon/exports.hh"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new gatehouse::Instance());
  gatehouse::ExportLowered(env, exports);
  gatehouse::ExportFaithful(env, exports);
  gatehouse::ExportBpf(env, exports);
  gatehouse::ExportFloors(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(gatehouse, Init)
