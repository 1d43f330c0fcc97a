using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Plugins;

/// <summary>
/// Extension point: takes a change of the plugin's section of <c>qubesd.conf</c> while it runs. A plugin that registers none is loaded anew
/// instead, if its manifest allows that.
/// </summary>
public interface IConfigurable
{
    /// <summary>Called on the kernel loop before anything has changed.</summary>
    /// <param name="next">The section as it is to be.</param>
    /// <exception cref="QubesException">It cannot be used: all stays as it is, and the plugin's state says why.</exception>
    void Check(IConfiguration next);

    /// <summary>Called on the kernel loop when the <c>IConfiguration</c> that was injected holds the new values, in the same turn.</summary>
    void Apply();
}
