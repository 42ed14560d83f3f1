# Compiler settings of every target, as one interface target; nothing is set at directory scope.
option(LUUKKU_WERROR "Warnings are errors" OFF)
set(LUUKKU_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
option(LUUKKU_HARDEN "Release hardening" OFF)
option(LUUKKU_FUZZ "Build fuzz targets with libFuzzer (clang only) instead of the corpus replayer" OFF)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

add_library(luukku_flags INTERFACE)
add_library(luukku::flags ALIAS luukku_flags)
target_compile_definitions(luukku_flags INTERFACE _GNU_SOURCE)
target_compile_options(luukku_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes
  -Wmissing-prototypes -Wundef -Wvla -Wimplicit-fallthrough -Wswitch-enum
  -fno-common -fno-strict-aliasing
  $<$<BOOL:${LUUKKU_WERROR}>:-Werror>)
if(LUUKKU_SANITIZE)
  target_compile_options(luukku_flags INTERFACE
    -fsanitize=${LUUKKU_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(luukku_flags INTERFACE -fsanitize=${LUUKKU_SANITIZE})
  target_compile_definitions(luukku_flags INTERFACE LUUKKU_SANITIZED=1)
endif()
if(LUUKKU_HARDEN)
  target_compile_options(luukku_flags INTERFACE
    -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
    -fcf-protection)
  target_link_options(luukku_flags INTERFACE
    -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
