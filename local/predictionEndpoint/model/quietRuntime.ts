/**
 * ONNX Runtime's native build reports its use to its maker and leaves a file in the temporary folder.
 * Not from here. Import this in the main thread, before the runtime: threads have a copy of the
 * environment that native code does not see.
 */
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
