using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;

namespace Qubes.Plugins.Cloning.Upkeep;

/// <summary>Keeps all memory templates together within the configured room, by giving up those used longest ago. On the kernel loop.</summary>
internal sealed class Budget(CloningOptions options, TemplateRecords records, Disposal disposal)
{
    /// <summary>After one was made.</summary>
    /// <param name="newest">Is given up last.</param>
    public async Task KeepAsync(TemplateRecord newest)
    {
        while (records.WithReady.Sum(r => disposal.SizeOf(r.Ready!)) is var used && used > options.BudgetBytes)
        {
            var oldest = records.WithReady.Where(r => r.Ready!.Users == 0)
                .OrderBy(r => r == newest).ThenBy(r => r.Ready!.LastUse).FirstOrDefault();
            if (oldest is null)
                return;
            var size = disposal.SizeOf(oldest.Ready!);
            await disposal.RemoveAsync(
                oldest, oldest.Ready!, $"memory templates take {used >> 20} MiB, of {options.BudgetBytes >> 20} MiB allowed by [Cloning] budget");
            if (size > options.BudgetBytes)
                oldest.FailBuild($"it takes {size >> 20} MiB, more than [Cloning] budget={options.BudgetBytes >> 20} allows");
        }
    }
}
