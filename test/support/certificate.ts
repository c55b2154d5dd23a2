/** A certificate that only a test trusts, made on the spot: no key lies in the repository, and no other program is asked. */
import * as crypto from 'node:crypto';

/** Bytes of one ASN.1 value in DER: X.690. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	const content = Buffer.concat(contents);
	const size =
		content.length < 128
			? [content.length]
			: content.length < 256
				? [0x81, content.length]
				: [0x82, content.length >> 8, content.length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const utcTime = (date: Date) =>
	der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

/** 1.2.840.10045.4.3.2 */
const ECDSA_SHA256 = sequence(der(0x06, bytes('2a8648ce3d040302')));
const COMMON_NAME = der(0x06, bytes('550403'));
const ALTERNATIVE_NAMES = der(0x06, bytes('551d11'));
const BASIC_CONSTRAINTS = der(0x06, bytes('551d13'));
const DAY = 24 * 3600 * 1000;

/** @param hosts names, and IPv4 addresses, that the certificate is good for. */
export function makeCertificate(hosts: readonly string[]): { readonly key: string; readonly cert: string } {
	const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('a test')))));
	const names = hosts.map((host) =>
		/^[\d.]+$/.test(host)
			? der(0x87, Buffer.from(host.split('.').map(Number)))
			: der(0x82, Buffer.from(host)),
	);
	const content = sequence(
		der(0xa0, der(0x02, bytes('02'))),
		der(0x02, Buffer.concat([bytes('01'), crypto.randomBytes(8)])),
		ECDSA_SHA256,
		name,
		sequence(utcTime(new Date(Date.now() - DAY)), utcTime(new Date(Date.now() + DAY))),
		name,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(
			0xa3,
			sequence(
				sequence(ALTERNATIVE_NAMES, der(0x04, sequence(...names))),
				sequence(BASIC_CONSTRAINTS, der(0x01, bytes('ff')), der(0x04, sequence(der(0x01, bytes('ff'))))),
			),
		),
	);
	const signature = crypto.sign('sha256', content, privateKey);
	const whole = sequence(content, ECDSA_SHA256, der(0x03, bytes('00'), signature));
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
	};
}
