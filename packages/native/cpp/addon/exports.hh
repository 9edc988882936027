#pragma once

#include <napi.h>

namespace gatehouse {

// One per file of this folder.
void ExportLowered(Napi::Env env, Napi::Object exports);
void ExportFaithful(Napi::Env env, Napi::Object exports);
void ExportBpf(Napi::Env env, Napi::Object exports);
void ExportFloors(Napi::Env env, Napi::Object exports);

}  // namespace gatehouse
