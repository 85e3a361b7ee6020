/** Who a change was made by, as the object remembers it. */
export const FIELD_MANAGER = 'openhands-verify';
