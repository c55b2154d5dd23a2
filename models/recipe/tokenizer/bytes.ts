/** GPT-2's printable form of bytes, in which GGUF files hold the tokens of a byte-level BPE: text without blanks. */

/** The printable character of each byte; printable bytes are their own. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

const BYTES: ReadonlyMap<string, number> = new Map(
	BYTE_CHARACTERS.map((character, byte) => [character, byte]),
);

function byteCharacters(): readonly string[] {
	const printable = (byte: number) =>
		(byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
	let next = 256;
	return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

export function printableOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => BYTE_CHARACTERS[byte] ?? '').join('');
}

/** Throws a RangeError for a character that stands for no byte. */
export function bytesOf(printable: string): Uint8Array {
	return Uint8Array.from(printable, (character) => {
		const byte = BYTES.get(character);
		if (byte === undefined) {
			throw new RangeError(`${JSON.stringify(character)} stands for no byte`);
		}
		return byte;
	});
}
