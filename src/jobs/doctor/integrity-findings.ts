import { when } from '../../lib/errors.ts';
import type { Finding } from '../../ports/doctor.ts';
import { formatCount } from '../../report/format.ts';
import type { PortalStore } from '../../store/portal-store.ts';

/** Whether what is kept is whole and can be read: its files, the keys of its identities, erasures that broke off. */
export async function integrityFindings(portal: PortalStore): Promise<readonly Finding[]> {
  return [...(await damageFindings(portal)), ...(await keyFindings(portal)), ...(await erasureFindings(portal))];
}

/** What the engine could not read when it started, and has set aside: nothing is said when there is none, or a server does not tell. */
async function damageFindings(portal: PortalStore): Promise<readonly Finding[]> {
  const damaged = await portal
    .query<{ table: string; parts: string }>(
      `SELECT table, count() AS parts FROM system.detached_parts
       WHERE database = {db:String} AND startsWith(reason, 'broken') GROUP BY table ORDER BY table`,
    )
    .catch(when('store-query', () => []));
  if (damaged.length === 0) return [];
  const tables = damaged.map(({ table, parts }) => `${table} (${parts})`).join(', ');
  return [
    {
      state: 'problem',
      what: {
        en: `Data: files of the store were damaged and are set aside: ${tables}`,
        zh: `数据：数据存储中有文件已损坏并被隔离：${tables}`,
      },
      next: {
        en: "Look at the disk; then restore the last backup ('kith restore DIR'), or run 'kith sync --full' and 'kith analyse' if only copies of the CRM are concerned; the engine keeps what it set aside in folders named detached, which may be deleted then",
        zh: '请检查磁盘；然后恢复最近的备份（`kith restore DIR`），若只涉及 CRM 副本，可运行 `kith sync --full` 和 `kith analyse`；被隔离的文件保存在名为 detached 的文件夹中，处理后可以删除',
      },
    },
  ];
}

/** Whether every identity opens, and under how many keys they are sealed: nothing is said when it is one that opens. */
async function keyFindings(portal: PortalStore): Promise<readonly Finding[]> {
  const sealed = await portal.query<{ key_id: string; one: string; n: string }>(
    'SELECT key_id, any(contact_id) AS one, count() AS n FROM {db:Identifier}.identities FINAL GROUP BY key_id ORDER BY key_id',
  );
  const missing: string[] = [];
  for (const { key_id, one } of sealed) {
    await portal.identity.read([one]).catch(when('identity-key', () => missing.push(key_id)));
  }
  const names = sealed.map(({ key_id }) => key_id).join(', ');
  if (missing.length > 0) {
    const lost = missing.join(', ');
    return [
      {
        state: 'problem',
        what: {
          en: `Identity keys: ${lost} sealed contacts and is missing, or its secret is another`,
          zh: `身份密钥：部分联系人由 ${lost} 加密，但该密钥缺失或内容不符`,
        },
        next: {
          en: 'Add it after the current key in KITH_IDENTITY_KEYS (or as a line of identity.key); without it the names stay unreadable until a full sync',
          zh: '请把它加到 KITH_IDENTITY_KEYS 中当前密钥之后（或作为 identity.key 的一行）；否则在全量同步之前无法读取姓名',
        },
      },
    ];
  }
  if (sealed.length < 2) return [];
  return [
    {
      state: 'advice',
      what: {
        en: `Identity keys: contacts are sealed under several keys (${names})`,
        zh: `身份密钥：联系人由多个密钥加密（${names}）`,
      },
      next: {
        en: "Run 'kith rotate-key' to seal all of them under the current one",
        zh: '请运行 `kith rotate-key`，改用当前密钥重新加密',
      },
    },
  ];
}

/** An erasure that was broken off: nothing is said where there is none. */
async function erasureFindings(portal: PortalStore): Promise<readonly Finding[]> {
  const { length } = await portal.crm.erasuresUnderWay();
  if (length === 0) return [];
  return [
    {
      state: 'problem',
      what: {
        en: `Erasures: ${formatCount('en', length)} broke off before the end, so that something of the person may still be here`,
        zh: `数据删除：${formatCount('zh', length)} 项在完成前中断，因此可能仍留有此人的数据`,
      },
      next: {
        en: "It goes on by itself, to one receipt: at the next start of Kith, and every ten minutes while it runs ('/kith status' has the error of the job erasures); 'kith erase' for the same person does it at once",
        zh: '会自动继续直至出具唯一回执：在 Kith 下次启动时，以及运行期间每十分钟一次（/kith status 会显示任务 erasures 的错误）；对同一人运行 kith erase 可立即完成',
      },
    },
  ];
}
