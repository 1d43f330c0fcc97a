namespace Qubes.Plugins.Preload.Freshness;

/// <summary>What may be done with a preload whose template has changed since.</summary>
internal enum FreshnessClass
{
    /// <summary>It is what its template would give now.</summary>
    Fresh,

    /// <summary>Only settings differ that no guest knows of: handed out if there is no fresh one, else replaced.</summary>
    ServeButReplace,

    /// <summary>Never handed out.</summary>
    Discard,
}
