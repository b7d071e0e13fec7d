"""How the networks that ship were made: photos in, ONNX files out. Never imported by the program; see README.md."""
