// The floors, for JavaScript: one call for a chunk.

#include "core/floors.hh"

#include "addon/arguments.hh"
#include "addon/exports.hh"

namespace gatehouse {
namespace {

// More rows than a chunk has: floors also stand beside jobs that are not cut into chunks.
constexpr std::uint32_t kMostRows = 0x7fffffff;

// The last three arguments of every floor but `read`: how many rows, which of them to judge, where the answer goes.
struct Rows {
  std::size_t length;
  floors::Answer answer;

  Rows(Arguments& arguments, std::size_t at)
      : length(arguments.Uint32(at, "length", kMostRows)),
        answer{arguments.View<std::uint32_t>(at + 1, "rows", Words()),
               arguments.View<std::uint32_t>(at + 2, "allow", Words())} {}

  std::size_t Words() const { return (length + 31) / 32; }
};

template <class T>
std::span<const T> Column(Arguments& arguments, std::size_t index, const char* name, std::size_t length) {
  const std::span<const T> column = arguments.View<T>(index, name, length);
  return arguments.ok() ? column.first(length) : std::span<const T>();
}

// A column of 64-bit values is a Uint32Array in JavaScript, low word first.
std::span<const std::uint64_t> Slot(Arguments& arguments, std::size_t index, const char* name, std::size_t length) {
  const auto words = Column<std::uint32_t>(arguments, index, name, 2 * length);
  if (reinterpret_cast<std::uintptr_t>(words.data()) % alignof(std::uint64_t) != 0)
    arguments.Refuse(name, "aligned to 8 bytes");
  return {reinterpret_cast<const std::uint64_t*>(words.data()), words.size() / 2};
}

Napi::Value BitTest(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "bitTest(event, allowed, length, rows, allow)");
  const Rows rows(arguments, 2);
  const auto event = Column<std::uint16_t>(arguments, 0, "event", rows.length);
  const auto allowed = Column<std::uint32_t>(arguments, 1, "allowed", floors::kEventIds / 32);
  if (arguments.ok()) floors::BitTest(event, allowed.first<floors::kEventIds / 32>(), rows.answer);
  return info.Env().Undefined();
}

Napi::Value LookUp(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "lookUp(event, allowed, length, rows, allow)");
  const Rows rows(arguments, 2);
  const auto event = Column<std::uint16_t>(arguments, 0, "event", rows.length);
  const auto allowed = Column<std::uint8_t>(arguments, 1, "allowed", floors::kEventIds);
  if (arguments.ok()) floors::LookUp(event, allowed.first<floors::kEventIds>(), rows.answer);
  return info.Env().Undefined();
}

Napi::Value FourPredicates(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "fourPredicates(fd, flags, mode, length, rows, allow)");
  const Rows rows(arguments, 3);
  const floors::Opening columns{Slot(arguments, 0, "fd", rows.length), Slot(arguments, 1, "flags", rows.length),
                                Slot(arguments, 2, "mode", rows.length)};
  if (arguments.ok()) floors::FourPredicates(columns, rows.answer);
  return info.Env().Undefined();
}

Napi::Value DockerDefault(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "dockerDefault(event, abi, slot0, length, rows, allow)");
  const Rows rows(arguments, 3);
  const floors::Call columns{Column<std::uint16_t>(arguments, 0, "event", rows.length),
                             Column<std::uint8_t>(arguments, 1, "abi", rows.length),
                             Slot(arguments, 2, "slot0", rows.length)};
  if (arguments.ok()) floors::DockerDefault(columns, rows.answer);
  return info.Env().Undefined();
}

// The answer keeps the compiler from leaving the reading out.
Napi::Value Read(const Napi::CallbackInfo& info) {
  Arguments arguments(info, "read(event, abi, known, ...slots)");
  std::uint64_t all = floors::Read(std::as_bytes(arguments.View<std::uint16_t>(0, "event", 0)));
  all |= floors::Read(std::as_bytes(arguments.View<std::uint8_t>(1, "abi", 0)));
  all |= floors::Read(std::as_bytes(arguments.View<std::uint8_t>(2, "known", 0)));
  for (std::size_t i = 3; i < info.Length(); i++)
    all |= floors::Read(std::as_bytes(arguments.View<std::uint32_t>(i, "slots", 0)));
  return Napi::Boolean::New(info.Env(), all != 0);
}

}  // namespace

void ExportFloors(Napi::Env env, Napi::Object exports) {
  Napi::Object functions = Napi::Object::New(env);
  functions.Set("bitTest", Napi::Function::New<BitTest>(env, "bitTest"));
  functions.Set("lookUp", Napi::Function::New<LookUp>(env, "lookUp"));
  functions.Set("fourPredicates", Napi::Function::New<FourPredicates>(env, "fourPredicates"));
  functions.Set("dockerDefault", Napi::Function::New<DockerDefault>(env, "dockerDefault"));
  functions.Set("read", Napi::Function::New<Read>(env, "read"));
  functions.Set("build", Napi::String::New(env, floors::Build()));
  exports.Set("floors", functions);
}

}  // namespace gatehouse
