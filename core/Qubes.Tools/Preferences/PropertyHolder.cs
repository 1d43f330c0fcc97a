using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preferences;

/// <summary>
/// What has properties: a qube (<c>admin.vm.property.*</c>) or the system (<c>admin.property.*</c> at <c>dom0</c>).
/// </summary>
/// <param name="qube">The qube's name; null for the system.</param>
internal sealed class PropertyHolder(Session session, string? qube)
{
    private readonly string prefix = qube is null ? "admin.property." : "admin.vm.property.";
    private readonly string destination = qube ?? "dom0";

    public async Task<IReadOnlyDictionary<string, PropertyValue>> GetAllAsync(CancellationToken cancellation) =>
        PropertyValue.ParseAll(await CallAsync("GetAll", "", "", cancellation));

    public async Task<PropertyValue> GetAsync(string name, CancellationToken cancellation) =>
        PropertyValue.Parse(await CallAsync("Get", name, "", cancellation));

    public Task SetAsync(string name, string value, CancellationToken cancellation) =>
        CallAsync("Set", name, value, cancellation);

    public Task ResetAsync(string name, CancellationToken cancellation) => CallAsync("Reset", name, "", cancellation);

    public Task<string> HelpAsync(string name, CancellationToken cancellation) => CallAsync("Help", name, "", cancellation);

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) =>
        (await CallAsync("List", "", "", cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Translates <c>none</c> for a property that refers to a qube; the wire has an empty value for it.</summary>
    public async Task<string> TranslateAsync(string name, string value, CancellationToken cancellation) =>
        value.Equals("none", StringComparison.OrdinalIgnoreCase) && (await GetAsync(name, cancellation)).Type == "vm"
            ? ""
            : value;

    private async Task<string> CallAsync(string operation, string name, string value, CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallAsync(prefix + operation, destination, name, value, cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchQube && operation != "Set")
        {
            throw Domains.QubeList.NoSuch(destination);
        }
        catch (AdminException e) when (e.IsNoSuchProperty)
        {
            throw new UsageException($"no such property: '{name}'");
        }
    }
}
