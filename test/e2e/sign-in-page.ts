import type { BrowserContext, Page } from 'playwright-core';

/** What oauth2-proxy and the issuer of the tests show to somebody who is on the way in. */
export class SignInPage {
  private constructor(readonly page: Page) {}

  /** Open an address, as a person does who types it. */
  static async open(person: BrowserContext, address: string): Promise<SignInPage> {
    const page = await person.newPage();
    await page.goto(address);
    return new SignInPage(page);
  }

  /** Wait until oauth2-proxy asks to sign in. */
  async asksToSignIn(): Promise<void> {
    await this.button.waitFor();
  }

  /** The way to the issuer, which asks somebody who is new there for a name. */
  async signInAs(email: string): Promise<void> {
    await this.button.click();
    await this.identify(email);
  }

  /** Tell the issuer, which asks, who one is. */
  async identify(email: string): Promise<void> {
    await this.page.locator('input[name="login"]').fill(email);
    await this.page.locator('input[name="password"]').fill('any');
    await this.page.locator('button[type="submit"]').click();
  }

  /** The issuer knows the person already, and sends them back at once. */
  async signInAgain(): Promise<void> {
    await this.button.click();
  }

  /** Wait until oauth2-proxy says that this person may not come in. */
  async isForbidden(): Promise<void> {
    await this.page.getByText('403').first().waitFor();
    await this.page.getByText('Forbidden').first().waitFor();
  }

  /** Wait until oauth2-proxy says that what the issuer gave is not for it. */
  async isRefused(): Promise<void> {
    await this.page.getByText('Internal Server Error').first().waitFor();
  }

  private get button() {
    return this.page.getByRole('button', { name: /^Sign in with / });
  }
}
