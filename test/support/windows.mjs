/** More windows of a VS Code that a test has opened. */
import { Workbench } from '../host/driver.mjs';

/** The server ends with its last window: an empty one beside it lets a test reload its own. */
export async function keepServing({ page }) {
	const other = await page.context().newPage();
	await other.goto(new URL('/?ew=true', page.url()).href, { waitUntil: 'domcontentloaded' });
	await Workbench.ready(new Workbench(other, undefined, () => other.close()));
}
