# Tests. Every ctest name is <label>.<room>.<what>, every test has one label and a timeout.
#
# How many run at once: a test's PROCESSORS are halves of a processor, and tools/test gives ctest twice as many slots as
# there are processors. An ordinary test takes 2; one that mostly waits takes 1 (WEIGHT 1); one that needs more than a
# processor, 3, so that beside it only one that waits finds room. A test with a promise about time runs alone (SERIAL).
# COST puts the heavy ones first: what waits is then left to run beside them.

# A unit test (cmocka): one binary per source file.
#   luukku_unit_test(<room> <file without test_ and .c> [SOURCES more.c] [USES rooms] [EXTERNAL targets] [WRAP symbols]
#                    [DEFINES ...])
# WRAP lists functions for the linker's --wrap, as the allocation-failure sweep needs them.
function(luukku_unit_test room what)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;USES;EXTERNAL;WRAP;DEFINES" ${ARGN})
  set(target unit.${room}.${what})
  add_executable(${target} test_${what}.c ${T_SOURCES})
  foreach(use IN LISTS T_USES)
    target_link_libraries(${target} PRIVATE luukku::${use})
  endforeach()
  target_link_libraries(${target} PRIVATE luukku::flags ${T_EXTERNAL} PkgConfig::CMOCKA)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
  target_compile_definitions(${target} PRIVATE ${T_DEFINES})
  foreach(symbol IN LISTS T_WRAP)
    target_link_options(${target} PRIVATE "LINKER:--wrap=${symbol}")
  endforeach()
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${target} COMMAND ${target})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 60)
  endif()
  set_tests_properties(${target} PROPERTIES LABELS unit TIMEOUT ${T_TIMEOUT} PROCESSORS 2)
endfunction()

# A fuzz target: tests/fuzz/fuzz_<what>.c with LLVMFuzzerTestOneInput, corpus in tests/fuzz/corpus/<what>/. Everyday
# builds link a plain main that replays the corpus; LUUKKU_FUZZ links libFuzzer.
function(luukku_fuzz_target what)
  cmake_parse_arguments(F "" "" "SOURCES;USES;EXTERNAL" ${ARGN})
  set(target fuzz.${what})
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${what}")
  add_executable(${target} "${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_${what}.c" ${F_SOURCES})
  foreach(use IN LISTS F_USES)
    target_link_libraries(${target} PRIVATE luukku::${use})
  endforeach()
  target_link_libraries(${target} PRIVATE luukku::flags ${F_EXTERNAL})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(LUUKKU_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${target} COMMAND ${target} -runs=0 "${corpus}")
  else()
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.c")
    add_test(NAME ${target} COMMAND ${target} "${corpus}")
  endif()
  set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT 120 PROCESSORS 2)
endfunction()

# Any other command as a test.
#   luukku_command_test(<name> LABEL <label> COMMAND ... [TIMEOUT s] [WEIGHT halves of a processor] [SERIAL])
function(luukku_command_test name)
  cmake_parse_arguments(C "SERIAL" "LABEL;TIMEOUT;WEIGHT" "COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${C_COMMAND} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  if(NOT C_TIMEOUT)
    set(C_TIMEOUT 120)
  endif()
  if(NOT C_WEIGHT)
    set(C_WEIGHT 2)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${C_LABEL} TIMEOUT ${C_TIMEOUT} PROCESSORS ${C_WEIGHT}
    ENVIRONMENT "LUUKKU_BUILD=${CMAKE_BINARY_DIR}" SKIP_RETURN_CODE 77)
  if(C_SERIAL)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE COST 300)
  elseif(C_WEIGHT GREATER 2)
    set_tests_properties(${name} PROPERTIES COST 200)
  elseif(C_LABEL STREQUAL e2e)
    set_tests_properties(${name} PROPERTIES COST 100)
  endif()
endfunction()
