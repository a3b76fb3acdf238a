import type { DoctorProbes, Finding } from '../../ports/doctor.ts';

/** Whether the address that HubSpot and Slack would call leads to this Kith. */
export async function addressFinding(options: {
  publicUrl: string | null;
  /** Whether HUBSPOT_CLIENT_SECRET is set, without which no webhook is believed. */
  hasSecret: boolean;
  /** Of this data folder's Kith. */
  instance: string;
  /** Whether this data folder's Kith listens now. */
  isRunning: boolean;
  health: DoctorProbes['health'];
}): Promise<Finding> {
  const { publicUrl, hasSecret, instance, isRunning, health } = options;
  if (publicUrl === null)
    return {
      state: 'ok',
      what: {
        en: 'Webhooks: off (KITH_PUBLIC_URL is not set); changes are found by asking HubSpot on schedule',
        zh: 'Webhook：未启用（未设置 KITH_PUBLIC_URL）；按计划向 HubSpot 查询变更',
      },
      next: null,
    };
  const answer = await health(publicUrl);
  if (answer?.status === 200 && answer.instance === instance && !hasSecret)
    return {
      state: 'advice',
      what: {
        en: `Webhooks: ${publicUrl} leads to this Kith, which takes none from HubSpot without its secret`,
        zh: `Webhook：${publicUrl} 可到达本 Kith，但未设置密钥，因此不接受 HubSpot 的 webhook`,
      },
      next: {
        en: "Set HUBSPOT_CLIENT_SECRET to the client secret on the HubSpot app's page (a service key has no webhooks)",
        zh: '请把 HubSpot 应用页面上的客户端密钥填入 HUBSPOT_CLIENT_SECRET（服务密钥没有 webhook）',
      },
    };
  if (answer?.status === 200 && answer.instance === instance)
    return {
      state: 'ok',
      what: { en: `Webhooks: ${publicUrl} leads to this Kith`, zh: `Webhook：${publicUrl} 可到达本 Kith` },
      next: null,
    };
  if (!isRunning)
    return {
      state: 'advice',
      what: {
        en: `Webhooks: ${publicUrl} cannot be tried while Kith is not running`,
        zh: `Webhook：Kith 未运行，无法检验 ${publicUrl}`,
      },
      next: { en: "Run 'kith start', then ask the doctor again", zh: '请运行 kith start，然后重新检查' },
    };
  const said =
    answer === null
      ? { en: 'does not answer', zh: '没有应答' }
      : answer.status !== 200
        ? { en: `answers ${answer.status} at /healthz`, zh: `的 /healthz 返回 ${answer.status}` }
        : { en: 'answers, but it is not this Kith', zh: '有应答，但不是本 Kith' };
  return {
    state: 'problem',
    what: { en: `Webhooks: ${publicUrl} ${said.en}`, zh: `Webhook：${publicUrl} ${said.zh}` },
    next: {
      en: 'Let your proxy or tunnel hand this address on to KITH_HTTP_PORT of this machine, or correct KITH_PUBLIC_URL',
      zh: '请让代理或隧道把该地址转发到本机的 KITH_HTTP_PORT，或更正 KITH_PUBLIC_URL',
    },
  };
}
