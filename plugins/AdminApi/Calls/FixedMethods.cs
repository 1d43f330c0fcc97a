using System.Collections.Frozen;
using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>Methods that no other plugin adds to.</summary>
internal sealed class FixedMethods(IEnumerable<AdminMethod> methods) : IMethodLookup
{
    private readonly FrozenDictionary<string, AdminMethod> methods = methods.ToFrozenDictionary(m => m.Name);

    public AdminMethod? Find(string name) => methods.GetValueOrDefault(name);
}
