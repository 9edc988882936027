// Runs a fuzz target without libFuzzer: on every file of a folder as it is, and then cut and changed in a few hundred
// ways that are the same each time.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

// On memory of just its length, so that a sanitizer sees a read past its end.
void Run(const Input& input) {
  Input exact(input.begin(), input.end());
  exact.shrink_to_fit();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Input Changed(Input input, std::uint32_t& state) {
  const auto next = [&state](std::size_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  if (next(8) == 0) input.resize(next(input.size() + 1));
  for (std::size_t times = 1 + next(4); times > 0 && !input.empty(); times--) {
    std::uint8_t& byte = input[next(input.size())];
    byte = next(2) == 0 ? static_cast<std::uint8_t>(byte ^ 1u << next(8)) : static_cast<std::uint8_t>(next(256));
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: replay FOLDER CHANGES\n");
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::uint32_t state = 20110526;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const Input input((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    Run(input);
    for (int change = std::atoi(argv[2]); change > 0; change--) Run(Changed(input, state));
  }
  std::printf("%zu files\n", files.size());
  return 0;
}
