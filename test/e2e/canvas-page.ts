import type { BrowserContext, Locator, Page } from 'playwright-core';
import { eventually } from './eventually';

/** What a page that is not busy does at once. */
const A_MOMENT = { timeout: 5_000 };

export interface Llm {
  /** As litellm names it. */
  readonly model: string;
  readonly baseUrl: string;
  readonly key: string;
}

/** Agent Canvas 1.20 in a browser, by the names that it gives its elements for tests. */
export class CanvasPage {
  private constructor(private readonly page: Page) {}

  /** Open it, as a person does who types the address. */
  static async open(person: BrowserContext, address: string): Promise<CanvasPage> {
    const page = await person.newPage();
    await page.goto(address);
    return CanvasPage.on(page);
  }

  /** The page that somebody has come to by another way. */
  static async on(page: Page): Promise<CanvasPage> {
    const canvas = new CanvasPage(page);
    await canvas.declineTelemetry();
    return canvas;
  }

  /** Type a session's key into the page that asks for it. */
  async enterKey(key: string): Promise<void> {
    await this.element('onboarding-backend-api-key').fill(key);
    await this.element('onboarding-backend-next').click();
  }

  /** Wait until it says that the key is wrong. */
  async keyIsRefused(): Promise<void> {
    await this.page.getByText('Invalid API key').waitFor();
  }

  /** Wait until it asks what comes after the key. */
  async keyIsAccepted(): Promise<void> {
    await this.element('onboarding-agent-next').waitFor();
    await this.element('onboarding-step-check-backend').waitFor({ state: 'detached' });
  }

  /** Choose the agent that it proposes, and have that agent ask a model. */
  async setUp({ model, baseUrl, key }: Llm): Promise<void> {
    await this.element('onboarding-agent-next').click();
    await this.element('sdk-section-all-toggle').click();
    await this.element('llm-custom-model-input').fill(model);
    await this.element('base-url-input').fill(baseUrl);
    await this.element('llm-api-key-input').fill(key);
    await this.element('onboarding-llm-next').click();
  }

  /** Send the message with which the set-up ends, and a conversation begins. */
  async sayHello(text: string): Promise<void> {
    const hello = this.element('onboarding-hello-input');
    await hello.fill(text);
    await hello.press('Enter');
    await this.page.waitForURL(/\/conversations\//);
  }

  async say(text: string): Promise<void> {
    await this.element('chat-input').fill(text);
    await this.element('submit-button').click();
  }

  /** Wait until a message of the agent holds this text. @returns the message */
  async answer(text: string): Promise<string> {
    const message = this.element('agent-message').filter({ hasText: text }).last();
    await message.waitFor();
    return message.innerText();
  }

  /** Look into the agent's last step, and wait until it shows this command. */
  async lastCommandIs(command: string): Promise<void> {
    await this.element('generic-event-message-title').last().getByRole('button').click();
    await this.element('chat-scroll-container').filter({ hasText: command }).waitFor();
  }

  /**
   * Open a file in the file view, and wait until it holds this text. The page opens that view itself when an agent writes
   * a file, and reads the folder at moments of its own: what is not there yet is asked for once more.
   */
  async fileHolds(name: string, text: string): Promise<void> {
    const file = this.element('file-content-viewer-plain').filter({ hasText: text });
    const look = async () => {
      const panel = this.element('right-panel-toggle');
      if ((await panel.getAttribute('aria-pressed')) !== 'true') await panel.click(A_MOMENT);
      await this.element('files-tab-refresh').click(A_MOMENT);
      await this.element(`file-tree-file-${name}`).click(A_MOMENT);
      await file.waitFor(A_MOMENT);
    };
    const isThere = () =>
      look().then(
        () => true,
        () => false,
      );
    if (!(await eventually(isThere, true, 90))) await file.waitFor(A_MOMENT);
  }

  /** Wait until the page's server reaches the sandbox: one that is loaded earlier stays at the list of its backends. */
  async reachesSandbox(): Promise<void> {
    const isReady = () =>
      fetch('/ready').then(
        ({ ok }) => ok,
        () => false,
      );
    await this.page.waitForFunction(isReady, undefined, { polling: 1_000 });
  }

  /**
   * Open a conversation anew, as a person does after a while, and wait until it shows this text of the agent's. A page that
   * was loaded a moment too early stays at the list of its backends: it is opened once more.
   */
  async openAgain(conversation: string, text: string): Promise<void> {
    const message = this.element('agent-message').filter({ hasText: text }).last();
    const look = async () => {
      await this.page.goto(conversation);
      await message.waitFor({ timeout: 20_000 });
    };
    const isThere = () =>
      look().then(
        () => true,
        () => false,
      );
    if (!(await eventually(isThere, true, 120))) await message.waitFor(A_MOMENT);
  }

  /** What a browser shows as the address of the page. */
  get address(): string {
    return this.page.url();
  }

  /** What a person reads on it now, to say why something else was expected. */
  async text(): Promise<string> {
    return this.page
      .locator('body')
      .innerText({ timeout: 5_000 })
      .catch((error: Error) => error.message);
  }

  /** A PNG of it as it is. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  private element(name: string): Locator {
    return this.page.getByTestId(name);
  }

  /** It asks once a sandbox, at a moment of its own. */
  private async declineTelemetry(): Promise<void> {
    await this.page.addLocatorHandler(this.element('telemetry-consent-form'), async (form) => {
      await form.getByRole('checkbox').uncheck();
      await form.getByRole('button').click();
    });
  }
}
