/** @vscode/native-watchdog: the extension host polls its parent anyway. */
exports.start = () => {};
exports.exit = (code) => process.exit(code || 0);
