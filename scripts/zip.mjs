/** Lists a zip file (a VSIX is one) from its central directory. */
import fs from 'node:fs';

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/**
 * @param {string} file
 * @returns {{ name: string, size: number, packed: number }[]} Sizes in bytes.
 * @throws when the file is no zip. Files over 4 GiB (zip64) are not read.
 */
export function listZip(file) {
	const data = fs.readFileSync(file);
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
		});
		at += 46 + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
	}
	return entries;
}
