# Finds libchdb.so as npm installs it, or in CHDB_ROOT. The package ships no header (our ABI
# declarations are in src/store/chdb_abi.h) and the library is loaded at run time, so that a command
# that opens no store never pays for it and a machine without AVX2 gets a sentence, not a SIGILL.
# Sets CHDB_LIBRARY and CHDB_NPM_VERSION.
find_library(CHDB_LIBRARY NAMES chdb
  HINTS ${CHDB_ROOT} ENV CHDB_ROOT ${CMAKE_SOURCE_DIR}/node_modules/@chdb/lib-linux-x64-gnu
  NO_CMAKE_SYSTEM_PATH)
set(CHDB_NPM_VERSION "")
if(CHDB_LIBRARY)
  get_filename_component(chdb_directory "${CHDB_LIBRARY}" DIRECTORY)
  if(EXISTS "${chdb_directory}/package.json")
    file(READ "${chdb_directory}/package.json" chdb_json)
    string(JSON CHDB_NPM_VERSION ERROR_VARIABLE chdb_error GET "${chdb_json}" version)
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Chdb REQUIRED_VARS CHDB_LIBRARY VERSION_VAR CHDB_NPM_VERSION
  REASON_FAILURE_MESSAGE
    "run 'npm ci', or set CHDB_ROOT, or configure with -DASSAY_EMBEDDED_STORE=OFF")
