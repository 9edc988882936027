#include "addon/exports.hh"

namespace gatehouse {

void ExportLowered(Napi::Env env, Napi::Object exports) {
  exports.Set("version", Napi::Number::New(env, 1));
}

}  // namespace gatehouse
