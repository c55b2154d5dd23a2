/** Lists and unpacks a zip file (a VSIX is one) from its central directory. */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** Length of a file's own header, before its name. */
const LOCAL_HEADER = 30;

/** Method of compression. */
const DEFLATED = 8;

/**
 * @param {string} file
 * @returns {{ name: string, size: number, packed: number }[]} Sizes in bytes.
 * @throws when the file is no zip. Files over 4 GiB (zip64) are not read.
 */
export function listZip(file) {
	return readDirectory(file, fs.readFileSync(file)).map(({ name, size, packed }) => ({ name, size, packed }));
}

/**
 * Unpacks all files below a folder, which is made. For zips of our own: names that lead out of it are not looked for.
 *
 * @param {string} file
 * @param {string} folder
 * @throws as `listZip`.
 */
export function unpackZip(file, folder) {
	const data = fs.readFileSync(file);
	for (const { name, packed, method, header } of readDirectory(file, data)) {
		const start = header + LOCAL_HEADER + data.readUInt16LE(header + 26) + data.readUInt16LE(header + 28);
		const bytes = data.subarray(start, start + packed);
		fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		fs.writeFileSync(path.join(folder, name), method === DEFLATED ? zlib.inflateRawSync(bytes) : bytes);
	}
}

function readDirectory(file, data) {
	let end = data.length - 22;
	while (end >= 0 && data.readUInt32LE(end) !== END) {
		end--;
	}
	if (end < 0) {
		throw new Error(`${file} is no zip file`);
	}
	const entries = [];
	let at = data.readUInt32LE(end + 16);
	for (let count = data.readUInt16LE(end + 10); count > 0; count--) {
		if (data.readUInt32LE(at) !== ENTRY) {
			throw new Error(`${file} has a damaged directory at ${at}`);
		}
		const nameLength = data.readUInt16LE(at + 28);
		entries.push({
			name: data.toString('utf8', at + 46, at + 46 + nameLength),
			size: data.readUInt32LE(at + 24),
			packed: data.readUInt32LE(at + 20),
			method: data.readUInt16LE(at + 10),
			header: data.readUInt32LE(at + 42),
		});
		at += 46 + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
	}
	return entries;
}
