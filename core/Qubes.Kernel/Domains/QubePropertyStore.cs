using Qubes.Kernel.Domains.Properties;
using Qubes.Kernel.Store;

namespace Qubes.Kernel.Domains;

/// <summary>Keeps a qube's explicit property values.</summary>
internal sealed class QubePropertyStore(Qube qube, IStateWriter state) : IPropertyStore
{
    public void Put(string name, string? text) => state.PutProperty(qube.Qid, name, text);

    public void Delete(string name) => state.DeleteProperty(qube.Qid, name);
}

/// <summary>Keeps the system's explicit property values.</summary>
internal sealed class SystemPropertyStore(IStateWriter state) : IPropertyStore
{
    public void Put(string name, string? text) => state.PutSystemProperty(name, text);

    public void Delete(string name) => state.DeleteSystemProperty(name);
}
