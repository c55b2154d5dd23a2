/** @vscode/fs-copyfile on node:fs. Without it the built-in Git extension does not activate. */
const fs = require('node:fs');

exports.copyFile = fs.promises.copyFile;
exports.copyFileSync = fs.copyFileSync;
exports.cp = (source, destination, options) => fs.promises.cp(source, destination, options);
exports.isCloneSupported = () => false;
exports.constants = fs.constants;
