/**
 * @vscode/spdlog, VS Code's log writer, in plain JavaScript. Without it every output channel stays empty. Each export is an
 * assignment of its own: `import('@vscode/spdlog')` finds the names by reading this text.
 */
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
	constructor(_type, name, file) {
		this.name = name;
		this.file = file;
		this.level = 2;
		this.pattern = true;
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.appendFileSync(file, '');
	}

	write(level, message) {
		if (level < this.level || this.file === undefined) {
			return;
		}
		const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
		try {
			fs.appendFileSync(this.file, this.pattern ? `${time} [${LEVELS[level]}] ${message}\n` : message);
		} catch {
			// The folder is gone: the server is shutting down.
		}
	}

	trace(message) {
		this.write(0, message);
	}
	debug(message) {
		this.write(1, message);
	}
	info(message) {
		this.write(2, message);
	}
	warn(message) {
		this.write(3, message);
	}
	error(message) {
		this.write(4, message);
	}
	critical(message) {
		this.write(5, message);
	}
	getLevel() {
		return this.level;
	}
	setLevel(level) {
		this.level = level;
	}
	setPattern() {
		this.pattern = true;
	}
	clearFormatters() {
		this.pattern = false;
	}
	flush() {}
	drop() {
		this.file = undefined;
	}
}

const create = async (name, file) => new Logger('rotating', name, file);

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
