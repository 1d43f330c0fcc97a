using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Calls;

/// <summary>The methods behind one socket. Used on the kernel loop.</summary>
internal interface IMethodLookup
{
    /// <summary>The method of that name; null when there is none.</summary>
    AdminMethod? Find(string name);
}
