export async function startRabbitmq() { throw new Error('rabbitmq: not there yet'); }
