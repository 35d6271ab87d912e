export * from './generated/onnx/onnx_pb.js';
